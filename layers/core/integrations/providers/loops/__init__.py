"""Loops: contacts of a team's audience, pushed one by one and looked up by address or user id."""
