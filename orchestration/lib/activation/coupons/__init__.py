"""Rescue coupons: asked for, held against limits, approved, and made once in a shop."""
