"""Simulates Google Search Console: the token endpoint, the sites, and search analytics."""
