"""What all channels returned together, by the draws of their sum."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ml_assets.media_plan.curve_tables import total_return


def mix_of(media: list[list[list[float]]]) -> Any:
    """Two channels that cost 10 and 30 in the days that were fitted."""
    spend = np.array([[4.0, 10.0], [6.0, 20.0], [99.0, 99.0]])
    return SimpleNamespace(
        scale=2.0,
        media=np.array(media),
        series=SimpleNamespace(spend=spend, fitted=2),
    )


def test_the_total_weighs_each_channel_by_what_was_spent_on_it() -> None:
    # 2 * (10 + 10) = 40 of 10, 2 * (15 + 15) = 60 of 30: returns of 4 and 2.
    row = total_return(mix_of([[[10, 10], [15, 15]]]))

    assert row["total_spend"] == 40
    assert row["current_roi"] == pytest.approx((10 * 4 + 30 * 2) / 40)


def test_channels_that_trade_places_leave_the_total_sure() -> None:
    # One draw gives the first channel 40, the other gives the second 40: 80 / 40 each.
    row = total_return(mix_of([[[20, 20], [0, 0]], [[0, 0], [20, 20]]]))

    told = [row[f"current_roi{end}"] for end in ("", "_lower", "_upper")]
    assert told == [2, 2, 2]


def test_the_interval_is_that_of_the_sums() -> None:
    # 21 draws bring 0, 1 ... 20 in all: returns of 0, 0.05 ... 1.
    draws = [[[float(n), 0.0], [0.0, 0.0]] for n in range(21)]

    row = total_return(mix_of(draws))

    assert row["current_roi"] == pytest.approx(0.5)
    assert row["current_roi_lower"] == pytest.approx(0.05)
    assert row["current_roi_upper"] == pytest.approx(0.95)
