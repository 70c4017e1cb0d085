"""Holidays, retail events and the company's own events, as days."""
