"""Fixtures of the tap's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.taps.tap_search_console.google import Google, serve


@pytest.fixture
def google() -> Iterator[Google]:
    """A Search Console of one property without any day."""
    with serve(Google()) as running:
        yield running
