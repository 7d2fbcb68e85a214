"""The use cases: one transaction each, decided here and stored below."""
