"""Floor 3: the engine. It knows providers, stores, queue and clock as Protocols only."""
