"""Google Search Console: the rows of a property's search analytics, pulled day by day."""
