"""Cost, delivery and conversions, as the Google Ads API tells them."""
