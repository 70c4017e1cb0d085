"""Meta's Marketing API: insights, report runs and the account's structure."""

from sandbox.meta_ads.endpoints import routes

__all__ = ["routes"]
