"""The settings of tap-search-console."""

from __future__ import annotations

from typing import Any

from taps.api_source.google import SETTINGS as GOOGLE_SETTINGS

__all__ = ["API_URL", "SEARCH_TYPES", "SETTINGS"]

API_URL = "https://www.googleapis.com"

SEARCH_TYPES = ("web", "image", "video", "news", "discover", "googleNews")

SETTINGS: dict[str, Any] = {
    "type": "object",
    "properties": {
        **GOOGLE_SETTINGS,
        "api_url": {
            "type": "string",
            "default": API_URL,
            "title": "API address",
            "description": "Address of the API, without /webmasters/v3.",
        },
        "site_urls": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "title": "Properties",
            "description": (
                "Properties to read, as Search Console writes them "
                "(sc-domain:example.com or https://www.example.com/). Default: all "
                "that the account may read. A domain property contains its URL-prefix "
                "properties: read one of them, or never add them together."
            ),
        },
        "search_types": {
            "type": "array",
            "items": {"type": "string", "enum": list(SEARCH_TYPES)},
            "minItems": 1,
            "default": ["web"],
            "title": "Search types",
            "description": "Kinds of search to read.",
        },
        "brand_terms": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "title": "Brand terms",
            "description": (
                "Names and frequent misspellings of the brand; a query that contains "
                "one as words, joined or apart, is a brand query. Case and accents do "
                "not matter."
            ),
        },
        "data_state": {
            "type": "string",
            "enum": ["final", "all"],
            "default": "final",
            "title": "Data state",
            "description": (
                "final: days that Google has finished counting (2-3 days old); all: "
                "also the fresh days, which are read again until they are final."
            ),
        },
        "lookback_days": {
            "type": "integer",
            "minimum": 5,
            "default": 30,
            "title": "Look-back",
            "description": (
                "How many of the days already read every run reads again. Google "
                "settles a day within ten days and corrects some later."
            ),
        },
        "parallel_days": {
            "type": "integer",
            "minimum": 1,
            "maximum": 10,
            "default": 4,
            "title": "Days at a time",
            "description": (
                "How many days are asked for side by side. Google allows 1,200 "
                "requests a minute; a day takes four."
            ),
        },
        "request_timeout_seconds": {
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 300,
            "title": "Longest answer",
            "description": (
                "Seconds within which an answer must have arrived whole; otherwise it "
                "is asked for again, eight times in all."
            ),
        },
        "start_date": {
            "type": ["string", "null"],
            "title": "Start date",
            "description": (
                "First day read on the first run (YYYY-MM-DD, Pacific time); default "
                "and limit: 16 months ago, the most that Google keeps."
            ),
        },
    },
}
