"""Clicks and impressions in Google's results, as Search Console counts them."""
