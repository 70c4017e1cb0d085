"""Every emulator there is; each gives its routes for a world."""

from typing import Final

from taps.sandbox import google_oauth
from taps.sandbox.google_ads import routes as google_ads
from taps.sandbox.klaviyo import routes as klaviyo
from taps.sandbox.meta_ads import routes as meta_ads
from taps.sandbox.search_console import routes as search_console
from taps.sandbox.server import Emulator
from taps.sandbox.shopify import routes as shopify
from taps.sandbox.weather import routes as weather

__all__ = ["EMULATORS"]

EMULATORS: Final[tuple[Emulator, ...]] = (
    shopify,
    meta_ads,
    google_oauth.routes,
    google_ads,
    search_console,
    weather,
    klaviyo,
)
