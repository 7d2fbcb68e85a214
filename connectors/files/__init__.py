"""Folders into which a member's system drops its records."""
