"""Commands that connect sources and look at them."""
