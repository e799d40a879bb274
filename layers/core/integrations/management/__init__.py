"""Floor 3: what an admin does to integrations. Providers are specs to it, stores are Protocols."""
