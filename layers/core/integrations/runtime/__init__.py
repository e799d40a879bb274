"""Floor 4: the composition. Only here are clients built, and only in `settings` is the environment read."""
