"""The people of a simulated network: readers, desk staff and drivers, who know only the public operations."""
