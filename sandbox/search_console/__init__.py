"""Search Console's sites and searchAnalytics.query."""

from sandbox.search_console.endpoints import routes

__all__ = ["routes"]
