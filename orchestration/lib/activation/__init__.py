"""Writing to customers: audiences and coupons, off until a company allows it."""
