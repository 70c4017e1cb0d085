"""How many will come to a webinar, and who of them will buy."""
