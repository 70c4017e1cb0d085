"""Spend, delivery and conversions, as Meta's Marketing API tells them."""
