"""Holidays by country, retail events, and the company's own."""
