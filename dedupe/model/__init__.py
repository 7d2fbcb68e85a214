"""The scoring model: one table of numbers, how it is read, and how it was fitted."""
