"""Commands of companies and agencies."""
