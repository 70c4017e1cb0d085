"""Commands of audiences, coupons and points."""
