"""What people decide: their requests, and what becomes of them."""
