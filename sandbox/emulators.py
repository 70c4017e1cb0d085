"""Every emulator there is; each gives its routes for a world."""

from typing import Final

from sandbox import declared, google_oauth
from sandbox.google_ads import routes as google_ads
from sandbox.klaviyo import routes as klaviyo
from sandbox.meta_ads import routes as meta_ads
from sandbox.search_console import routes as search_console
from sandbox.server import Emulator
from sandbox.shopify import routes as shopify
from sandbox.weather import routes as weather

__all__ = ["EMULATORS"]

EMULATORS: Final[tuple[Emulator, ...]] = (
    shopify,
    meta_ads,
    google_oauth.routes,
    google_ads,
    search_console,
    weather,
    klaviyo,
    declared.routes,
)
