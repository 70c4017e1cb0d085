"""The sources: ``<slug>.yml`` declares each, and names the tap that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taps.yaml_files import parsed_text

if TYPE_CHECKING:
    from singer_sdk import Tap

__all__ = [
    "FOLDER",
    "WARNED_BEFORE",
    "declared_slugs",
    "ending_soon",
    "slugs",
    "tap_class",
]

FOLDER = Path(__file__).parent
#: How long before its end a version of an API is warned of.
WARNED_BEFORE = timedelta(days=180)


def slugs() -> list[str]:
    """The names of all sources."""
    return sorted(file.stem for file in FOLDER.glob("*.yml"))


def declared_slugs() -> list[str]:
    """The names of the sources that are read as they are declared."""
    return [slug for slug in slugs() if "tap" not in _declaration(slug)]


def tap_class(slug: str) -> type[Tap]:
    """The tap that reads a source; it is imported now."""
    told = _declaration(slug)
    if "tap" not in told:
        declared_tap = import_module("taps.declared.tap").declared_tap
        whole: type[Tap] = declared_tap(slug)
        return whole
    module, _, name = str(told["tap"]).partition(":")
    found: type[Tap] = getattr(import_module(module), name)
    return found


def ending_soon(slug: str, version: str, today: date) -> str | None:
    """A warning from 180 days before a version's end, which ``versions`` declares."""
    told = _declaration(slug) if slug in slugs() else {}
    end = told.get("versions", {}).get(version)
    if end is None or end - today > WARNED_BEFORE:
        return None
    return (
        f"{told['title']['en']} serves version {version} of its API until {end}: try "
        "the next one (api_version) before that."
    )


def _declaration(slug: str) -> Mapping[str, Any]:
    return _parsed((FOLDER / f"{slug}.yml").read_text(encoding="utf-8"))


@cache
def _parsed(text: str) -> Mapping[str, Any]:
    """What is only read, and by its text: a file that changes on disk is seen."""
    told: Mapping[str, Any] = parsed_text(text)
    return told
