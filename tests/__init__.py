"""Everything that tests the product, from single rules to the running stack."""
