"""Whether an edition's copies are in now: its members are asked, all at once and under one deadline."""
