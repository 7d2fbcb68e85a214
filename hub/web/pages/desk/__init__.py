"""The desk: what staff do at one node, one page per task."""
