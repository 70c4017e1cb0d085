"""Versions of the Admin API: what is served, and until when."""

from __future__ import annotations

from datetime import date

from taps.api_source.errors import SourceError
from taps.sources import WARNED_BEFORE

__all__ = ["ending_soon", "last_day", "other_version"]


def last_day(version: str) -> date:
    """Day on which a version stops being served: 12 months after its first day.

    Source: shopify.dev, "API versioning"; the first day of 2026-10 is 2026-10-01.

    Raises
    ------
    SourceError
        It is not a version.
    """
    try:
        released = date.fromisoformat(f"{version}-01")
    except ValueError:
        raise SourceError(
            f"'{version}' is not a version of Shopify's API",
            remedy="Set api_version to one such as 2026-10.",
        ) from None
    return released.replace(year=released.year + 1)


def ending_soon(version: str, today: date) -> str | None:
    """A warning from 180 days before the version's end; None before."""
    end = last_day(version)
    if end - today > WARNED_BEFORE:
        return None
    return (
        f"Shopify serves API version {version} until {end}: try the next one "
        "(api_version) before that."
    )


def other_version(asked: str, served: str, call: str) -> SourceError:
    """Shopify answered in another version than it was asked in, without saying so."""
    return SourceError(
        f"Shopify serves API version {served} instead of {asked}",
        call=call,
        remedy=f"Set api_version to {served} after reading its release notes, or "
        "allow_other_version to true.",
    )
