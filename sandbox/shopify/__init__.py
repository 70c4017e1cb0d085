"""An emulator of Shopify's Admin API: GraphQL, bulk operations, OAuth, some REST."""

from sandbox.shopify.endpoints import routes

__all__ = ["routes"]
