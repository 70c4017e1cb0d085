"""Loyalty points: earned, redeemed, expired and taken back in a ledger."""
