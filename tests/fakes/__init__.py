"""Complete in-memory implementations of the engine's ports; tests/contract/storage holds them to the real ones' word."""
