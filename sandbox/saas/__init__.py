"""Cuaderno: a simulated subscription business that exports files."""
