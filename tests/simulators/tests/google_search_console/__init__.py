"""The Search Console simulator."""
