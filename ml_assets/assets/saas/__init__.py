"""Assets of subscription businesses: health, loyalty, points, programmes."""
