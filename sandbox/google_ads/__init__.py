"""Google Ads over REST, as far as reports and account structure go."""

from sandbox.google_ads.endpoints import routes

__all__ = ["routes"]
