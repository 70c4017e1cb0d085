"""The settings of tap-calendar."""

from __future__ import annotations

from typing import Any

__all__ = ["SETTINGS"]

SETTINGS: dict[str, Any] = {
    "type": "object",
    "required": ["calendars"],
    "properties": {
        "calendars": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$"},
            "title": "Calendars",
            "description": (
                "Countries, with a subdivision if there is one: ISO 3166 codes such "
                "as CL, or ES-MD for Spain with Madrid."
            ),
        },
        "language": {
            "type": ["string", "null"],
            "title": "Language",
            "description": (
                "Language of the holidays' names (es, en_US); default: the country's "
                "own. English names come beside them."
            ),
        },
        "categories": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "default": ["public"],
            "title": "Categories",
            "description": (
                "Kinds of holidays (public, bank, unofficial ...). A kind that a "
                "country does not have adds nothing there."
            ),
        },
        "years_ahead": {
            "type": "integer",
            "minimum": 0,
            "maximum": 10,
            "default": 2,
            "title": "Years ahead",
            "description": "How many years after this one are read.",
        },
        "events_file": {
            "type": ["string", "null"],
            "title": "Own events",
            "description": (
                "CSV file of the company's own events, with the columns date, "
                "end_date (may be empty or missing), name and kind; dates as "
                "2026-01-31."
            ),
        },
        "start_date": {
            "type": ["string", "null"],
            "title": "Start date",
            "description": (
                "The year of this date (YYYY-MM-DD) is the first one read; default: "
                "three years ago."
            ),
        },
    },
}
