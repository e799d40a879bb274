"""Floor 0: values and rules, with nothing but the standard library beneath them."""
