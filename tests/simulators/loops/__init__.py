"""Simulates Loops: one team with its audience (PROVIDERS part 4)."""
