"""Places that audiences are pushed to: one program that speaks with each of them."""
