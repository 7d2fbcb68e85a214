"""What a reader or a program asks for: the query tree, the search box, and the plan an engine runs."""
