"""A label is of a window that is over, by the day a departure takes effect."""

from __future__ import annotations

import pandas as pd
import pytest

from ml_assets.subscriptions.departures import label_departures
from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting

T = pd.Timestamp("2026-01-31")


def labelled(*gone: tuple[int, float], ends: int | None = None) -> pd.Series:
    """An account scored on T; departures by days after it and share lost."""
    scores = pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "scored_on": [T, T],
            "contract_ends_on": [
                None if ends is None else T + pd.Timedelta(days=ends),
                None,
            ],
        }
    )
    departures = pd.DataFrame(
        {
            "account_id": ["a"] * len(gone),
            "effective_on": [T + pd.Timedelta(days=day) for day, _ in gone],
            "lost_ratio": [lost for _, lost in gone],
        }
    )
    rows = label_departures(
        scores, departures, horizon_days=90, as_of=T + pd.Timedelta(days=90)
    )
    assert not rows["left"].iloc[1]
    return rows.iloc[0]


@pytest.mark.parametrize(
    ("day", "lost", "left"),
    [
        (0, 1.0, False),
        (1, 1.0, True),
        (90, 1.0, True),
        (91, 1.0, False),
        (45, 0.5, True),
        (45, 0.49, False),
        (-10, 1.0, False),
    ],
)
def test_an_account_leaves_after_the_day_and_until_the_ninetieth(
    day: int, lost: float, left: bool
) -> None:
    assert labelled((day, lost))["left"] == left


def test_two_departures_in_a_window_are_one_label() -> None:
    assert labelled((10, 0.6), (40, 1.0))["left"]


@pytest.mark.parametrize(
    ("ends", "stratum"), [(None, "free"), (90, "free"), (91, "bound"), (-5, "free")]
)
def test_a_contract_that_ends_after_the_window_is_a_stratum_of_its_own(
    ends: int | None, stratum: str
) -> None:
    assert labelled(ends=ends)["stratum"] == stratum


def test_a_window_that_is_not_over_is_not_due() -> None:
    scores = pd.DataFrame(
        {
            "account_id": ["a", "a"],
            "scored_on": [T, T + pd.Timedelta(days=1)],
            "contract_ends_on": [None, None],
        }
    )
    none = pd.DataFrame({"account_id": [], "effective_on": [], "lost_ratio": []})

    found = label_departures(
        scores, none, horizon_days=30, as_of=T + pd.Timedelta(days=30)
    )

    assert found["is_due"].tolist() == [True, False]


def test_bad_days_and_horizons_are_refused() -> None:
    scores = pd.DataFrame(
        {"account_id": ["a"], "scored_on": [None], "contract_ends_on": [None]}
    )
    none = pd.DataFrame({"account_id": [], "effective_on": [], "lost_ratio": []})

    with pytest.raises(InvalidAccounts, match="scored_on, row 0"):
        label_departures(scores, none, horizon_days=30, as_of=T)
    with pytest.raises(InvalidSetting):
        label_departures(scores, none, horizon_days=0, as_of=T)
