"""The health score is as published, says what it does not know and why it moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.sentences import Sentence
from ml_assets.subscriptions.components import (
    COMPONENTS,
    KNOWN_ENGAGEMENT,
    component_points,
)
from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting
from ml_assets.subscriptions.health import BANDS, WEIGHTS, health
from ml_assets.subscriptions.health_moves import COVERAGE, health_moves

WELL: dict[str, Any] = {
    "active_days_per_seat_28d": 12,
    "feature_adoption_ratio": 0.6,
    "seat_count": 10,
    "ticket_count_28d": 3,
    "has_escalation_28d": False,
    "csat_mean_10": 6,
    "oldest_open_invoice_days": 7,
    "failed_attempt_count": 0,
    "has_clicked_or_attended_60d": True,
    "is_contact_in_cadence": True,
    "has_answered_survey": True,
}


def points(*accounts: dict[str, Any]) -> pd.DataFrame:
    return component_points(pd.DataFrame([WELL | account for account in accounts]))


def words(moves: pd.DataFrame, row: int) -> list[Sentence]:
    told: list[list[Sentence]] = moves["words"].tolist()
    return told[row]


def scored(*values: tuple[float, ...]) -> pd.DataFrame:
    names = [f"a{number}" for number in range(len(values))]
    return health(pd.DataFrame(list(values), columns=list(COMPONENTS), index=names))


def test_at_the_ends_of_the_maps_everything_is_well() -> None:
    found = health(points({}))

    assert found[list(COMPONENTS)].to_numpy().tolist() == [[100.0] * 5]
    assert found[["score", "coverage_ratio"]].to_numpy().tolist() == [[100.0, 1.0]]
    assert found["band"].tolist() == ["healthy"]


@pytest.mark.parametrize(
    ("component", "account", "expected"),
    [
        ("usage_intensity", {"active_days_per_seat_28d": 3}, 25),
        ("usage_intensity", {"active_days_per_seat_28d": 28}, 100),
        ("usage_intensity", {"active_days_per_seat_28d": None}, None),
        ("usage_intensity", {"seat_count": 0}, None),
        ("feature_adoption", {"feature_adoption_ratio": 0.3}, 50),
        ("support_interactions", {"ticket_count_28d": 4}, 80),
        ("support_interactions", {"ticket_count_28d": 4, "seat_count": 20}, 100),
        ("support_interactions", {"has_escalation_28d": True}, 70),
        ("support_interactions", {"has_escalation_28d": None}, 100),
        ("support_interactions", {"csat_mean_10": 5.9}, 80),
        ("support_interactions", {"csat_mean_10": None}, 100),
        ("support_interactions", {"ticket_count_28d": 30}, 0),
        ("support_interactions", {"seat_count": 0}, None),
        ("payment_history", {"oldest_open_invoice_days": 8}, 60),
        ("payment_history", {"failed_attempt_count": 1}, 30),
        (
            "payment_history",
            {"oldest_open_invoice_days": 8, "failed_attempt_count": 2},
            30,
        ),
        ("payment_history", {"oldest_open_invoice_days": 31}, 0),
        ("payment_history", {"oldest_open_invoice_days": None}, 100),
        (
            "payment_history",
            {"oldest_open_invoice_days": None, "failed_attempt_count": None},
            None,
        ),
        ("engagement_level", {"has_clicked_or_attended_60d": False}, 60),
        ("engagement_level", {"is_contact_in_cadence": False}, 70),
    ],
)
def test_each_map_is_the_published_one(
    component: str, account: dict[str, Any], expected: float | None
) -> None:
    value = points({}, account)[component].iloc[1]

    assert value == pytest.approx(np.nan if expected is None else expected, nan_ok=True)


def test_what_is_unknown_of_engagement_is_left_out_of_it_and_of_the_coverage() -> None:
    found = points({"has_answered_survey": None, "is_contact_in_cadence": False})

    assert found["engagement_level"].iloc[0] == pytest.approx(100 * 0.4 / 0.7)
    assert health(found)["coverage_ratio"].iloc[0] == pytest.approx(0.97)
    assert found[KNOWN_ENGAGEMENT].iloc[0] == pytest.approx(0.7)


def test_the_weights_are_thirty_twenty_five_twenty_fifteen_ten() -> None:
    found = scored(*(tuple(row) for row in 100 * np.eye(5)))

    assert found["score"].tolist() == [30, 25, 20, 15, 10] == list(WEIGHTS.values())


def test_what_is_missing_is_weighted_again_and_below_sixty_per_cent_no_band() -> None:
    known = scored(
        (90, 30, np.nan, np.nan, np.nan),
        (np.nan, 100, 100, 100, np.nan),
        (np.nan,) * 5,
    )

    assert known["score"].iloc[0] == pytest.approx((30 * 90 + 25 * 30) / 55)
    assert known["coverage_ratio"].tolist() == [0.55, 0.6, 0]
    assert known["band"].tolist() == ["unknown", "healthy", "unknown"]
    assert np.isnan(known["score"].iloc[2])


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (100, "healthy"),
        (80, "healthy"),
        (79.999, "at_risk"),
        (79.5, "at_risk"),
        (60, "at_risk"),
        (59.5, "critical"),
        (40, "critical"),
        (39.5, "severe"),
        (0, "severe"),
    ],
)
def test_bands_leave_no_gap_and_call_nobody_lost(score: float, band: str) -> None:
    assert scored((score,) * 5)["band"].tolist() == [band]
    assert "churned" not in BANDS


def test_binary_digits_take_nobody_out_of_a_band() -> None:
    assert scored((80 - 1e-12,) * 5, (60.1 - 0.1,) * 5)["band"].tolist() == [
        "healthy",
        "at_risk",
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("feature_adoption_ratio", 1.5),
        ("csat_mean_10", 11),
        ("seat_count", -1),
        ("active_days_per_seat_28d", 29),
        ("has_answered_survey", 0.5),
        ("ticket_count_28d", "many"),
        ("failed_attempt_count", np.inf),
    ],
)
def test_what_cannot_be_is_refused_with_column_and_row(
    column: str, value: object
) -> None:
    with pytest.raises(InvalidAccounts, match=f"column {column}, row 1"):
        points({}, {column: value})


@pytest.mark.parametrize("weights", [{**WEIGHTS, "usage_intensity": 31}, {"use": 100}])
def test_weights_are_of_the_components_and_a_hundred(weights: dict[str, float]) -> None:
    with pytest.raises(InvalidSetting):
        health(points({}), weights)


def test_what_moved_adds_up_to_the_change_and_is_said_in_words() -> None:
    before = scored((90, 60, 100, 100, 50), (90, 60, 100, np.nan, 50))
    now = scored((60, 70, 100, 100, 50), (60, 60, 100, 30, 50), (50,) * 5)

    moves = health_moves(now, before)

    parts = moves[[*COMPONENTS, COVERAGE]].sum(axis=1).to_numpy()
    change = (now["score"] - before["score"]).to_numpy()
    assert parts[:2] == pytest.approx(change[:2])
    assert moves.loc["a0", "usage_intensity"] == pytest.approx(-9)
    assert [str(one) for one in words(moves, 0)] == [
        "Use fell from 90 to 60 of 100: 9.0 points less.",
        "Feature adoption rose from 60 to 70 of 100: 2.5 points more.",
    ]
    # Payments were unknown: their weight was with the others, and is no fall of theirs.
    assert moves["payment_history"].isna().tolist() == [False, True, True]
    assert [one.key for one in words(moves, 1)] == [
        "health.fell",
        "health.known",
    ]
    assert [one.key for one in words(moves, 2)] == ["health.first"]


def test_what_hardly_moved_is_not_said() -> None:
    moves = health_moves(scored((51, 50, 50, 50, 50)), scored((50,) * 5))

    assert words(moves, 0) == []
