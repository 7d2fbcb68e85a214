"""The network document: which nodes there are, when they open and what runs between them."""
