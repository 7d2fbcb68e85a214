"""The only place that sees everything: it assembles the hub and runs it."""
