"""What a row is worth, and whether the sums that a file tells are kept."""
