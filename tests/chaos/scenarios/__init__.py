"""What is synced meanwhile, and what both sides have to hold in the end, reckoned without the product's code."""
