"""Talking to members: one pure codec and one thin client for every format and protocol."""
