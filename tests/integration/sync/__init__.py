"""The engine in memory, for longer than a unit test may take."""
