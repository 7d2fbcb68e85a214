"""Coordination: the whole network at a glance, and what only a person can decide."""
