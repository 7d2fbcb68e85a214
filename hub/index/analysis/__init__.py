"""From text to tokens: the one analysis that documents, queries and highlighting share."""
