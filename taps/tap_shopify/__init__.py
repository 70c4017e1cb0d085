"""Reads a Shopify shop: orders and everything below them, customers, discounts."""
