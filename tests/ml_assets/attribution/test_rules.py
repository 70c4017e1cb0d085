"""Each heuristic shares out a journey as its definition says, by hand."""

import pandas as pd
import pytest

from ml_assets import attribution
from tests.ml_assets.attribution.journeys import credited, paths, touches

# One sale of 100 after four touches, the last two of them a week and a day old.
_FOUR = touches(
    ("j", "2024-03-01T12:00", "email", True, 100.0),
    ("j", "2024-03-15T12:00", "meta_ads", True, 100.0),
    ("j", "2024-03-22T12:00", "google_ads", True, 100.0),
    ("j", "2024-03-29T12:00", "email", True, 100.0),
)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("first", {"email": 1.0, "meta_ads": 0.0, "google_ads": 0.0}),
        ("last", {"email": 1.0, "meta_ads": 0.0, "google_ads": 0.0}),
        ("linear", {"email": 0.5, "meta_ads": 0.25, "google_ads": 0.25}),
        ("position_based", {"email": 0.8, "meta_ads": 0.1, "google_ads": 0.1}),
        # 28, 14, 7 and 0 days before the last: 1/16, 1/4, 1/2 and 1, of 29/16.
        (
            "time_decay",
            {"email": 17 / 29, "meta_ads": 4 / 29, "google_ads": 8 / 29},
        ),
        ("shapley", {"email": 1 / 3, "meta_ads": 1 / 3, "google_ads": 1 / 3}),
    ],
)
def test_a_journey_of_four_touches(method: str, expected: dict[str, float]) -> None:
    rows = attribution.compare(_FOUR, methods=[method]).rows

    assert credited(rows, method) == pytest.approx(expected)
    value = {channel: 100 * part for channel, part in expected.items()}
    assert credited(rows, method, "value") == pytest.approx(value)


def test_two_touches_are_halves_of_a_position_based_sale() -> None:
    rows = attribution.compare(paths(("a > b", 1, 0))).rows

    assert credited(rows, "position_based") == pytest.approx({"a": 0.5, "b": 0.5})


def test_the_middle_of_five_touches_shares_a_fifth() -> None:
    rows = attribution.compare(paths(("a > b > c > d > e", 1, 0))).rows

    expected = {"a": 0.4, "b": 0.2 / 3, "c": 0.2 / 3, "d": 0.2 / 3, "e": 0.4}
    assert credited(rows, "position_based") == pytest.approx(expected)


def test_a_shorter_half_life_forgets_faster() -> None:
    frame = touches(
        ("j", "2024-03-01", "a", True, 10.0), ("j", "2024-03-03", "b", True, 10.0)
    )

    week = attribution.compare(frame, half_life_days=7).rows
    day = attribution.compare(frame, half_life_days=1).rows

    assert credited(day, "time_decay") == pytest.approx({"a": 0.2, "b": 0.8})
    assert credited(week, "time_decay")["a"] > 0.2


def test_journeys_of_one_path_decay_each_by_its_own_days() -> None:
    frame = touches(
        ("slow", "2024-03-01", "a", True, 10.0),
        ("slow", "2024-03-08", "b", True, 10.0),
        ("fast", "2024-03-08", "a", True, 90.0),
        ("fast", "2024-03-08T00:00:01", "b", True, 90.0),
    )

    rows = attribution.compare(frame).rows

    assert credited(rows, "time_decay")["a"] == pytest.approx(1 / 3 + 1 / 2, abs=1e-5)
    value = credited(rows, "time_decay", "value")
    assert value["a"] == pytest.approx(10 / 3 + 90 / 2, abs=1e-3)


def test_the_moment_of_the_conversion_does_not_change_time_decay() -> None:
    frame = _FOUR.assign(converted_at="2024-05-01T00:00")

    later, bare = (
        attribution.compare(table, methods=["time_decay"]).rows
        for table in (frame, _FOUR)
    )

    pd.testing.assert_frame_equal(later, bare)


def test_counts_and_touches_of_the_same_journeys_agree() -> None:
    touched = touches(
        ("1", "2024-03-01", "a", True, 30.0),
        ("1", "2024-03-02", "b", True, 30.0),
        ("2", "2024-03-01", "b", False, 0.0),
        ("3", "2024-03-01", "b", True, 50.0),
    )
    counted = pd.DataFrame(
        {
            "path": ["a > b", "b"],
            "conversions": [1, 1],
            "value": [30.0, 50.0],
            "no_conversions": [0, 1],
        }
    )
    methods = [name for name in attribution.METHODS if name != "time_decay"]

    by_touch, by_count = (
        attribution.compare(frame, methods=methods, resamples=0).rows
        for frame in (touched, counted)
    )

    pd.testing.assert_frame_equal(by_touch, by_count)


def test_a_table_shows_methods_side_by_side() -> None:
    answer = attribution.compare(paths(("a > b", 3, 0), ("b", 1, 2)))

    wide = answer.table("share")

    assert list(wide.columns) == [m for m in attribution.METHODS if m != "time_decay"]
    assert wide.loc["a", "first"] == pytest.approx(0.75)
    assert wide.sum().to_numpy() == pytest.approx(1.0)
