"""How many inputs the properties of the taps are tried with, and logs as they were."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

# Asked for by `make soak`: six properties without a number of their own, so above a
# million inputs together; drawn anew each time, and kept if one fails.
settings.register_profile("soak", max_examples=200_000, deadline=None)


@pytest.fixture(autouse=True)
def _logging_goes_on() -> Iterator[None]:
    """What a program turns off for its own process stays off for no other test."""
    yield
    logging.disable(logging.NOTSET)
