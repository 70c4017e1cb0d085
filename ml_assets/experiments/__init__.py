"""What an action brought, against those who were left out of it by lot."""
