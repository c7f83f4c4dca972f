"""How fast the product is, and what it costs."""
