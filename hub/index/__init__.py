"""The union search index: analysis, questions, and the engine that answers them."""
