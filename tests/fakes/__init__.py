"""Complete in-memory implementations of the engine's ports; tests/contract/storage runs them beside the real ones."""
