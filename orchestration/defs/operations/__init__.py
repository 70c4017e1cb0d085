"""How the platform itself fares: service levels."""
