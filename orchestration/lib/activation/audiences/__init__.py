"""Lists of customers to write to: who is in, who is kept back, what a place reads."""
