"""Value types and pure rules that several arms need; standard library only."""
