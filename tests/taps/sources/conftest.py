"""Vendors of the tests allow as many requests as anybody likes."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taps.declared.pages.Pace.wait", lambda _: None)
