"""Handlers as the gateway calls them, on moto."""
