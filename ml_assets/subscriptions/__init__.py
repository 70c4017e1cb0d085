"""Accounts that pay by the month: how they are, who leaves, and how well we knew."""
