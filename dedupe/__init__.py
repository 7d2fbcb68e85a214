"""Are these records the same edition? Description, keys, features, verdict, clustering, merging; pure."""
