"""Floor 2: the services. `contract` is what the engine sees of them, `registry` the way in."""
