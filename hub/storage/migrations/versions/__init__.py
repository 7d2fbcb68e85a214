"""One revision a file, numbered in the order they are applied."""
