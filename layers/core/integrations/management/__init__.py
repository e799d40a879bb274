"""Floor 3, above the engine: what an admin does to integrations. Providers are specs to it, stores are Protocols."""
