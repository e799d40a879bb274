"""The local stack: the real template on an AWS emulator, with simulated services, all on loopback."""
