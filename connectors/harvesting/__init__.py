"""How a whole catalogue is fetched through protocols made for searching: partition, count, verify."""
