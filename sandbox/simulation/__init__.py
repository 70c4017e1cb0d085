"""The companies the sandbox serves, and everything that is true about them."""
