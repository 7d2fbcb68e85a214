"""Harvesting: members' records in, completely, counted and kept as they came."""
