"""Checks of every promise the system keeps."""
