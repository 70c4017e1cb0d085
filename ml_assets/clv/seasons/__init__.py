"""What moves all customers of a company at once: seasons, levels, trends and prices."""
