"""The settings of tap-meta-ads."""

from __future__ import annotations

from typing import Any

__all__ = ["API_VERSION", "ATTRIBUTION_WINDOWS", "CURRENT_VERSIONS", "SETTINGS"]

API_VERSION = "v26.0"

#: Versions of the Marketing API that are served; each lives about a year.
CURRENT_VERSIONS = ("v26.0", "v25.0")

#: All that Meta still tells: 7d_view and 28d_view ended on 2026-01-12.
ATTRIBUTION_WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view")

SETTINGS: dict[str, Any] = {
    "type": "object",
    "required": ["access_token"],
    "properties": {
        "access_token": {
            "type": "string",
            "secret": True,
            "title": "Access token",
            "description": (
                "Token with ads_read. A system user's does not run out; a person's "
                "does after about 60 days."
            ),
        },
        "app_secret": {
            "type": ["string", "null"],
            "secret": True,
            "title": "App secret",
            "description": (
                "Secret of the app the token belongs to; needed when the app is set to "
                "require a proof (appsecret_proof) with each call."
            ),
        },
        "account_ids": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "title": "Ad accounts",
            "description": (
                "Ad accounts to read, with or without act_. Default: all that the "
                "token may read."
            ),
        },
        "api_url": {
            "type": "string",
            "default": "https://graph.facebook.com",
            "title": "API address",
            "description": "Address of the Graph API, without the version.",
        },
        "api_version": {
            "type": "string",
            "default": API_VERSION,
            "pattern": r"^v\d+\.\d+$",
            "title": "API version",
            "description": (
                f"Version of the Marketing API; served now: "
                f"{' and '.join(CURRENT_VERSIONS)}."
            ),
        },
        "attribution_windows": {
            "type": "array",
            "items": {"type": "string", "enum": list(ATTRIBUTION_WINDOWS)},
            "minItems": 1,
            "default": list(ATTRIBUTION_WINDOWS),
            "title": "Attribution windows",
            "description": (
                "Windows in which conversions are asked for: days after a click or "
                "after a view. What Meta calls value, by each ad set's own window, "
                "always comes too."
            ),
        },
        "action_report_time": {
            "type": "string",
            "enum": ["impression", "conversion", "mixed"],
            "default": "impression",
            "title": "Date of a conversion",
            "description": (
                "impression: the day of the ad, which is what spend is compared with; "
                "conversion: the day of the conversion."
            ),
        },
        "lookback_days": {
            "type": "integer",
            "minimum": 1,
            "default": 28,
            "title": "Look-back",
            "description": (
                "How many days back every run reads again: conversions are put down to "
                "the day of the ad for up to 28 days."
            ),
        },
        "sweep_days": {
            "type": "integer",
            "minimum": 0,
            "default": 90,
            "title": "Monthly look-back",
            "description": (
                "How many days back a run reads again once every 30 days, for "
                "corrections of the bill; 0 for never."
            ),
        },
        "parallel_reports": {
            "type": "integer",
            "minimum": 1,
            "maximum": 20,
            "default": 5,
            "title": "Reports at a time",
            "description": (
                "How many reports Meta is asked to make side by side, per account."
            ),
        },
        "poll_seconds": {
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 1,
            "title": "First look",
            "description": (
                "Seconds after which a report is looked after for the first time; "
                "then at intervals that double, up to 30 times this."
            ),
        },
        "report_timeout_seconds": {
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 1800,
            "title": "Longest report",
            "description": (
                "Seconds after which a report that is not finished is asked for in "
                "smaller parts; the report of a single day fails the run."
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
