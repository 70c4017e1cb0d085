"""Measurements, run by hand with ``make bench``; pytest does not collect them."""
