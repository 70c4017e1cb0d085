"""What cannot be attributed is refused by name; what is left out is counted."""

import numpy as np
import pandas as pd
import pytest

from ml_assets import attribution
from ml_assets.attribution.errors import (
    InvalidJourneys,
    InvalidSetting,
    NothingConverted,
)
from tests.ml_assets.attribution.journeys import credited, paths, touches

_TWO = touches(
    ("1", "2024-03-01", "a", True, 30.0),
    ("1", "2024-03-02", "b", True, 30.0),
    ("2", "2024-03-01", "b", False, 0.0),
)


def _with(frame: pd.DataFrame, column: str, row: int, bad: object) -> pd.DataFrame:
    """The table with one cell changed."""
    cells: list[object] = list(frame[column])
    cells[row] = bad
    return frame.assign(**{column: pd.Series(cells, dtype=object)})


@pytest.mark.parametrize(
    ("column", "row", "bad", "said"),
    [
        ("journey_id", 1, None, "column journey_id, row 1"),
        ("channel", 1, None, "has a moment and no channel"),
        ("channel", 1, "  ", "has a moment and no channel"),
        ("touched_at", 2, None, "has a channel and is no moment"),
        ("touched_at", 0, "yesterday", "'yesterday' is not a moment"),
        ("converted", 0, 2, "is neither true nor false"),
        ("converted", 0, None, "is neither true nor false"),
        ("converted", 0, "yes", "'yes' is neither true nor false"),
        ("value", 0, 1e14, "is too large to be counted"),
        ("converted", 1, False, "differs from the journey's first row|did not convert"),
        ("value", 0, None, "is not a number"),
        ("value", 0, np.inf, "is not a number"),
        ("value", 1, 31.0, "column value, row 1: .*31.* differs from the journey's"),
        ("value", 2, 5.0, "did not convert"),
    ],
)
def test_a_touch_that_cannot_be_is_refused_by_column_and_row(
    column: str, row: int, bad: object, said: str
) -> None:
    frame = _with(_TWO, column, row, bad)

    with pytest.raises(InvalidJourneys, match=said):
        attribution.compare(frame)


@pytest.mark.parametrize(
    ("column", "bad", "said"),
    [
        ("conversions", -1, "is below 0"),
        ("conversions", np.nan, "is not a number"),
        ("no_conversions", -1, "is below 0"),
        ("path", "a > > b", "has a step without a name"),
    ],
)
def test_a_count_that_cannot_be_is_refused(column: str, bad: object, said: str) -> None:
    frame = _with(paths(("a > b", 2, 1), ("b", 1, 1)), column, 1, bad)

    with pytest.raises(InvalidJourneys, match=f"column {column}, row 1: .*{said}"):
        attribution.compare(frame)


def test_a_table_without_its_columns_is_told_which_ones_it_needs() -> None:
    with pytest.raises(
        InvalidJourneys, match=r"journey_id is missing.* has user, when"
    ):
        attribution.compare(pd.DataFrame({"user": ["1"], "when": ["2024-01-01"]}))


def test_columns_nobody_asked_for_are_named() -> None:
    answer = attribution.compare(_TWO.assign(campaign="x", valeu=3))

    assert ("unused_columns", "not used: campaign, valeu") in [
        (note.code, note.message) for note in answer.notes
    ]


@pytest.mark.parametrize(
    "frame",
    [_TWO.head(0), _TWO.iloc[[2]], paths(("a", 0, 5))],
    ids=["empty", "touches", "counts"],
)
def test_no_conversion_is_nothing_to_share_out(frame: pd.DataFrame) -> None:
    with pytest.raises(NothingConverted, match="nothing to attribute"):
        attribution.compare(frame)


@pytest.mark.parametrize(
    "settings",
    [
        {"methods": ["best"]},
        {"half_life_days": 0},
        {"markov_order": 0},
        {"markov_order": 1.5},
        {"resamples": -1},
        {"confidence": 1.0},
    ],
)
def test_settings_outside_their_range_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InvalidSetting):
        attribution.compare(_TWO, **settings)  # type: ignore[arg-type]


def test_time_decay_without_times_is_refused_when_asked_for_and_else_left_out() -> None:
    frame = paths(("a > b", 2, 1))

    answer = attribution.compare(frame)

    assert "time_decay" not in set(answer.rows["method"])
    assert "no_times" in {note.code for note in answer.notes}
    with pytest.raises(InvalidSetting, match="time_decay needs touched_at"):
        attribution.compare(frame, methods=["time_decay"])


def test_a_touch_told_twice_counts_once() -> None:
    answer = attribution.compare(pd.concat([_TWO, _TWO.head(1)]), methods=["linear"])

    assert credited(answer.rows, "linear") == pytest.approx({"a": 0.5, "b": 0.5})
    assert [n.message for n in answer.notes if n.code == "repeated"] == [
        "1 touches told twice, counted once"
    ]


def test_touches_after_the_conversion_had_no_part_in_it() -> None:
    frame = _TWO.assign(
        converted_at=pd.Series(["2024-03-01T18:00", "2024-03-01T18:00", None])
    )

    answer = attribution.compare(frame)

    assert credited(answer.rows, "linear") == pytest.approx({"a": 1.0, "b": 0.0})
    assert "after_conversion" in {note.code for note in answer.notes}


def test_a_sale_with_touches_only_afterwards_was_seen_by_nobody() -> None:
    frame = _TWO.assign(converted_at=pd.Series(["2024-02-01", "2024-02-01", None]))

    rows = attribution.compare(frame).rows

    for method in attribution.METHODS:
        assert credited(rows, method)["unknown"] == pytest.approx(1.0)


def test_sales_without_a_touch_are_shown_by_every_method_alike() -> None:
    frame = pd.concat([_TWO, touches(("3", None, None, True, 70.0))])

    rows = attribution.compare(frame).rows

    for method in attribution.METHODS:
        assert credited(rows, method)["unknown"] == pytest.approx(1.0)
        assert credited(rows, method, "value")["unknown"] == pytest.approx(70.0)


def test_a_journey_cannot_have_touches_and_a_row_without() -> None:
    frame = pd.concat([_TWO, touches(("1", None, None, True, 30.0))])

    with pytest.raises(InvalidJourneys, match="in a journey that has touches"):
        attribution.compare(frame)


def test_sales_that_nobody_saw_are_no_refunds() -> None:
    answer = attribution.compare(touches(("3", None, None, True, 70.0)))

    assert "markov_value" not in {note.code for note in answer.notes}


def test_one_channel_is_credited_with_everything() -> None:
    answer = attribution.compare(paths(("a", 3, 5), ("a > a", 2, 0), value=10))

    assert answer.rows["conversions"].to_numpy() == pytest.approx(5)
    assert answer.rows["value"].to_numpy() == pytest.approx(50)
    assert answer.rows["share_lower"].to_numpy() == pytest.approx(1)


def test_a_refunded_sale_takes_value_away_from_who_brought_it() -> None:
    frame = touches(
        ("1", "2024-03-01", "a", True, -20.0), ("2", "2024-03-01", "b", True, 100.0)
    )

    rows = attribution.compare(frame).rows

    for method in ("first", "linear", "time_decay", "shapley"):
        found = credited(rows, method, "value")
        assert found == pytest.approx({"a": -20, "b": 100})


def test_value_is_missing_when_the_table_has_none() -> None:
    answer = attribution.compare(_TWO.drop(columns="value"))

    assert answer.value is None
    assert answer.rows[["value", "value_lower", "value_upper"]].isna().all(axis=None)


def test_only_journeys_that_sold_are_pointed_out() -> None:
    answer = attribution.compare(_TWO.head(2))

    assert "only_conversions" in {note.code for note in answer.notes}


def test_moments_of_different_zones_are_compared_in_one() -> None:
    frame = touches(
        ("1", "2024-03-01T12:00+03:00", "second", True, 1.0),
        ("1", "2024-03-01T10:00+02:00", "first", True, 1.0),
    )

    rows = attribution.compare(frame).rows

    assert credited(rows, "first") == {"first": 1.0, "second": 0.0}


def test_paths_may_be_lists() -> None:
    listed = pd.DataFrame({"path": [["a", "b"], [], ["a", "b"]], "conversions": 1})

    answer = attribution.compare(listed, methods=["last"])

    assert credited(answer.rows, "last") == {"a": 0.0, "b": 2.0, "unknown": 1.0}
    assert answer.path_count == 2
