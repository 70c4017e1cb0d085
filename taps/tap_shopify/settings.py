"""Settings of the tap, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["SETTINGS", "api_url", "timeout", "token_url"]

_CONNECT_SECONDS = 10.0

SETTINGS: dict[str, Any] = {
    "type": "object",
    "required": ["shop"],
    "properties": {
        "shop": {
            "type": "string",
            "title": "Shop",
            "description": (
                "Name of the shop as in <name>.myshopify.com; not its public domain."
            ),
        },
        "api_url": {
            "type": ["string", "null"],
            "description": (
                "Where the Admin API is; default https://<shop>.myshopify.com."
            ),
        },
        "token_url": {
            "type": ["string", "null"],
            "description": (
                "Where access tokens are issued; default "
                "<api_url>/admin/oauth/access_token."
            ),
        },
        "api_version": {
            "type": "string",
            "default": "2026-10",
            "pattern": r"^\d{4}-\d{2}$",
            "description": (
                "Version of the Admin API to ask for. Shopify serves an old one for 12 "
                "months and then, without an error, the oldest that is left."
            ),
        },
        "allow_other_version": {
            "type": "boolean",
            "default": False,
            "description": "Go on when Shopify serves another version.",
        },
        "client_id": {
            "type": ["string", "null"],
            "title": "Client ID",
            "description": (
                "Client ID of your own app of the Dev Dashboard; with client_secret, "
                "the tap gets and renews its access tokens itself."
            ),
        },
        "client_secret": {
            "type": ["string", "null"],
            "secret": True,
            "title": "Client secret",
            "description": "Secret of the app.",
        },
        "access_token": {
            "type": ["string", "null"],
            "secret": True,
            "title": "Access token",
            "description": (
                "An Admin API access token (shpat_...), instead of client_id and "
                "client_secret. When it runs out the tap ends with exit status 77."
            ),
        },
        "lookback_minutes": {
            "type": "integer",
            "default": 10,
            "minimum": 0,
            "description": (
                "Minutes before the bookmark that are read again: Shopify's search "
                "index is behind its data by some."
            ),
        },
        "journey_days": {
            "type": "integer",
            "default": 3,
            "minimum": 0,
            "description": (
                "Days after an order in which its customer journey is asked for again "
                "while it is not ready: becoming ready does not update the order."
            ),
        },
        "control_days": {
            "type": "integer",
            "default": 60,
            "minimum": 1,
            "description": "Days back that order_days is counted again at most.",
        },
        "deleted_orders_days": {
            "type": "integer",
            "default": 60,
            "minimum": 0,
            "description": (
                "Days back whose order ids are listed once a week, to find deleted "
                "orders; 0 for never."
            ),
        },
        "page_size": {
            "type": "integer",
            "default": 50,
            "minimum": 1,
            "maximum": 250,
            "description": (
                "Orders asked for at a time when paging; the tap adapts it to what "
                "Shopify says it costs."
            ),
        },
        "bulk_from_orders": {
            "type": "integer",
            "default": 1000,
            "minimum": 0,
            "maximum": 25000,
            "description": (
                "With more orders than this in a window, a bulk operation reads it "
                "instead of pages. Shopify pages through 25,000 at most."
            ),
        },
        "request_timeout_seconds": {
            "type": "number",
            "default": 60,
            "exclusiveMinimum": 0,
            "description": (
                "Seconds an answer may take, and seconds for each quarter of a MiB of "
                "a file; then it is asked for again, eight times at most."
            ),
        },
        "bulk_window_orders": {
            "type": "integer",
            "default": 50000,
            "minimum": 1000,
            "description": (
                "Orders read by one bulk operation at most. The bookmark moves after "
                "each; memory grows by about 100 MB per 100,000."
            ),
        },
        "bulk_timeout_minutes": {
            "type": "integer",
            "default": 60,
            "minimum": 1,
            "description": (
                "A bulk operation that takes longer is cancelled and its window halved."
            ),
        },
    },
}


def api_url(config: Mapping[str, Any]) -> str:
    """Address of the shop's Admin API, without the version."""
    shop = str(config["shop"]).removeprefix("https://").rstrip("/")
    shop = shop.removesuffix(".myshopify.com")
    return str(config.get("api_url") or f"https://{shop}.myshopify.com").rstrip("/")


def timeout(config: Mapping[str, Any]) -> tuple[float, float]:
    """Seconds to connect, and seconds for an answer."""
    seconds = float(config["request_timeout_seconds"])
    return min(_CONNECT_SECONDS, seconds), seconds


def token_url(config: Mapping[str, Any]) -> str:
    """Address that issues access tokens."""
    url = config.get("token_url") or f"{api_url(config)}/admin/oauth/access_token"
    return str(url)
