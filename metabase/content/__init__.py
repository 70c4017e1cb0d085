"""What pages and cards are: reading, labels, rules, and asking the warehouse."""
