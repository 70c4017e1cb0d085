"""Every version that a tap pins has an end in the catalogue, and is warned of."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from taps.declared.api_declaration import Version
from taps.sources import FOLDER, declared_slugs, ending_soon, slugs, tap_class
from taps.tap_search_console.client import API_VERSION
from taps.tap_shopify.versions import last_day
from taps.yaml_files import parsed_text


def catalogue(slug: str) -> dict[str, Any]:
    told: dict[str, Any] = parsed_text((FOLDER / f"{slug}.yml").read_text())
    return told


def pinned(slug: str) -> str | None:
    """The version a tap asks for unless it is told another."""
    settings = getattr(tap_class(slug), "config_jsonschema", {})["properties"]
    found = settings.get("api_version", {}).get("default")
    return API_VERSION if slug == "search_console" else found


PINNED = [slug for slug in slugs() if "tap" in catalogue(slug) and pinned(slug)]


@pytest.mark.parametrize("slug", PINNED)
def test_a_pinned_version_says_until_when_it_is_served(slug: str) -> None:
    assert pinned(slug) in catalogue(slug)["versions"]


@pytest.mark.parametrize("slug", [s for s in PINNED if s != "search_console"])
def test_it_is_warned_of_180_days_ahead(slug: str) -> None:
    version = str(pinned(slug))
    end: date = catalogue(slug)["versions"][version]
    assert ending_soon(slug, version, end - timedelta(days=181)) is None
    told = ending_soon(slug, version, end - timedelta(days=180))
    assert told
    assert version in told
    assert str(end) in told


@pytest.mark.parametrize("slug", declared_slugs())
def test_a_declared_version_tells_its_end_or_that_none_is_announced(slug: str) -> None:
    told = catalogue(slug).get("api", {"base": ""})
    is_numbered = re.search(r"/v?\d+(beta)?(/|$)", told["base"]) is not None
    assert "version" in told or not is_numbered, told["base"]
    assert "ends" in told.get("version", {"ends": None})


def test_a_declared_version_is_warned_of_180_days_ahead() -> None:
    ending = [
        Version(**told["version"])
        for told in (catalogue(slug).get("api", {}) for slug in declared_slugs())
        if told.get("version", {}).get("ends")
    ]
    assert len(ending) >= 3
    for version in ending:
        assert version.ends is not None
        assert version.ending_soon(version.ends - timedelta(days=181)) is None
        told = version.ending_soon(version.ends - timedelta(days=180))
        assert told is not None
        assert f"{version.pinned} of the API ends on {version.ends}" in told


def test_the_catalogue_agrees_with_shopifys_own_rule() -> None:
    versions = catalogue("shopify")["versions"]
    assert versions == {version: last_day(version) for version in versions}


def test_the_taps_that_pin_a_version_are_these() -> None:
    assert PINNED == ["google_ads", "meta_ads", "search_console", "shopify"]
