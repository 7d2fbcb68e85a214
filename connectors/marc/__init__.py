"""MARC records in and out: every byte layout, encoding and flavour, and the holdings inside them."""
