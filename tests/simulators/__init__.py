"""Stand-ins for the services, on loopback: each a process of its own that keeps the rules its service documents."""
