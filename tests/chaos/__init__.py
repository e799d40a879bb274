"""Chaos on the deployed local stack: syncs go on while everything around them fails, and have to come out right."""
