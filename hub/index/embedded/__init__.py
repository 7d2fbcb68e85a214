"""The embedded engine: the union index kept by tantivy in a folder of the hub."""
