"""The settings of tap-google-ads."""

from __future__ import annotations

from typing import Any

from taps.api_source.google import SETTINGS as GOOGLE_SETTINGS

__all__ = ["API_VERSION", "CURRENT_VERSIONS", "SETTINGS"]

API_VERSION = "v26"

#: Versions that are served; Google ends one every few months, for good.
CURRENT_VERSIONS = ("v26", "v25", "v24", "v23")

_CUSTOMER_IDS = {"type": ["array", "null"], "items": {"type": "string"}}

SETTINGS: dict[str, Any] = {
    "type": "object",
    "properties": {
        **GOOGLE_SETTINGS,
        "developer_token": {
            "type": ["string", "null"],
            "secret": True,
            "title": "Developer token",
            "description": (
                "Not needed any more: since 2026-09-09 access belongs to the Google "
                "Cloud project. Sent if set."
            ),
        },
        "customer_ids": {
            **_CUSTOMER_IDS,
            "title": "Customers",
            "description": (
                "Accounts to read, such as 123-456-7890 or 1234567890. Default: all "
                "below login_customer_id, or all that the user reaches."
            ),
        },
        "login_customer_id": {
            "type": ["string", "null"],
            "title": "Manager account",
            "description": (
                "Manager account through which the user reaches the customers; needed "
                "when access was given to the manager and not to each account."
            ),
        },
        "skip_customer_ids": {
            **_CUSTOMER_IDS,
            "title": "Customers to leave out",
            "description": (
                "Accounts that are not read, such as cancelled ones, which Google does "
                "not answer for. Any other account that cannot be read fails the run."
            ),
        },
        "api_url": {
            "type": "string",
            "default": "https://googleads.googleapis.com",
            "title": "API address",
            "description": "Address of the API, without the version.",
        },
        "api_version": {
            "type": "string",
            "default": API_VERSION,
            "pattern": r"^v\d+$",
            "title": "API version",
            "description": (
                f"Version of the API; served now: {', '.join(CURRENT_VERSIONS)}."
            ),
        },
        "window_days": {
            "type": "integer",
            "minimum": 1,
            "maximum": 31,
            "default": 14,
            "title": "Days per query",
            "description": (
                "How many days one query asks for; fewer if Google says that a query "
                "is too expensive."
            ),
        },
        "lookback_days": {
            "type": "integer",
            "minimum": 1,
            "maximum": 90,
            "default": 30,
            "title": "Look-back",
            "description": (
                "How many days back every run reads again at least. Conversions are "
                "put down to the day of the click: a conversion action with a longer "
                "window (up to 90 days) makes the look-back of its account longer."
            ),
        },
        "request_timeout_seconds": {
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 300,
            "title": "Longest answer",
            "description": (
                "Seconds within which an answer must have arrived whole; otherwise it "
                "is asked for again, six times in all."
            ),
        },
    },
}
