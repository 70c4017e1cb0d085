"""Rounded parts add up to the rounded whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_assets.attribution.rounding import rounded_parts

_MONEY = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def test_the_cent_that_is_missing_goes_to_who_lost_most() -> None:
    parts = np.array([33.333, 33.334, 33.333])

    assert rounded_parts(parts, 2).tolist() == [33.33, 33.34, 33.33]


def test_refunds_are_rounded_like_sales() -> None:
    parts = np.array([-33.335, 10.0, 100 / 3])

    found = rounded_parts(parts, 2)

    assert found.sum() == pytest.approx(round(parts.sum(), 2))


@given(_MONEY, st.integers(0, 6))
def test_they_add_up_and_move_by_less_than_a_unit(
    parts: list[float], places: int
) -> None:
    given_parts = np.array(parts)

    found = rounded_parts(given_parts, places)

    unit = 10.0**-places
    assert np.abs(found - given_parts).max() <= unit * (1 + 1e-6) + 1e-6
    assert abs(found.sum() - given_parts.sum()) <= unit * 0.51 + 1e-6
