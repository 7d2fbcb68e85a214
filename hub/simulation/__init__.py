"""The same hub under a simulated clock, and the demonstration."""
