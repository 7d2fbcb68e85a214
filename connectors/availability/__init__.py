"""Whether a member's copies are in at this moment: asked of its own system, whatever protocol that speaks."""
