"""An emulator of Klaviyo's lists and bulk imports, as far as audiences need them."""

from sandbox.klaviyo.endpoints import routes

__all__ = ["routes"]
