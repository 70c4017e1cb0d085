"""What the comparison with peers says, on scores counted by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.peers.asking import Answer, peers_of
from tests.benchmarks.peers.challenger import admissions, challenger_table
from tests.benchmarks.peers.document import MissingMarks, write_between_marks
from tests.benchmarks.peers.media_scores import media_scores, mix_tables
from tests.benchmarks.peers.value_forecasts import NEAR
from tests.benchmarks.peers.value_tables import peer_tables


def _row(name: str, origin: int, mae: float, **more: float) -> dict[str, object]:
    scores = {"mae": mae, "rmse": mae, "value_mae": mae, "bias": 0.1, "value_bias": 0.2}
    inside = {"orders_inside": 1.0, "value_inside": 0.0} if name == "ours" else {}
    key = {"set": "a shop", "days": 90, "origin": origin, "forecaster": name}
    return {**key, **scores, "seconds": 2.0, **inside, **more}


def _scores(*near: float) -> pd.DataFrame:
    """Ours is off by 1 at origins a quarter apart, the challenger as said."""
    days = [100 * n for n in range(len(near))]
    rows = [_row("ours", day, 1.0) for day in days]
    rows += [_row(NEAR, day, one) for day, one in zip(days, near, strict=True)]
    return pd.DataFrame(rows)


def test_a_challenger_is_admitted_after_two_wins_and_not_after_a_defeat() -> None:
    found = admissions(_scores(0.9, 0.9, 1.2, 0.8))

    assert found["is_judged"].tolist() == [False, False, True, True]
    assert found["is_admitted"].tolist() == [False, False, True, False]


def test_an_origin_whose_days_are_not_over_is_no_evidence() -> None:
    rows = _scores(0.9, 0.9, 0.9)
    rows["origin"] //= 2

    assert not admissions(rows)["is_judged"].any()


def test_what_admissions_were_worth_is_told_beside_no_rule() -> None:
    text = challenger_table(_scores(0.9, 0.9, 1.2))

    # .9 * .9 * 1.2 to the third.
    last = "| **all** | | 3 | 1 | 1 | 1.200, 1.200, 1.200 | 0.991, 0.991, 0.991 |"
    assert text.splitlines()[-1] == last


def test_without_boosting_nothing_is_said_of_the_challenger() -> None:
    text = challenger_table(pd.DataFrame([_row("ours", 0, 1.0)]))

    assert text == "The challenger was not measured: scikit-learn is not installed."


def test_a_peer_is_held_against_ours_where_it_answered() -> None:
    rows = [_row("ours", 0, 1.0, bias=0.5), _row("ours", 100, 3.0)]
    rows += [_row("lifetimes", 0, np.nan), _row("lifetimes", 100, 6.0)]

    errors, totals, by_peer = peer_tables(pd.DataFrame(rows))

    assert errors.splitlines()[-1] == (
        "| a shop | 90 | 2 | 2.000, 2.000, 2.00 | 2.000, 2.000, 2.000 |"
    )
    assert totals.endswith(
        "| 2 of 2, 0 of 2 | 30.0 %, 20.0 % "
        "| 10.0 %, 20.0 % (1 of 2; ours 10.0 %, 20.0 %) |"
    )
    assert by_peer.splitlines()[-1].startswith("| lifetimes | 1 | 2.000, 2.000, 2.000 ")


def test_a_mix_is_scored_by_hand() -> None:
    told = {
        "expected": np.array([90.0, 120.0]),
        "lower": np.array([80.0, 110.0]),
        "upper": np.array([110.0, 130.0]),
        "contributions": np.array([12.0, 8.0]),
        "contributions_lower": np.array([9.0, 6.0]),
        "contributions_upper": np.array([15.0, 9.0]),
    }

    found = media_scores(
        Answer(told, 1.0), np.array([100.0, 100.0]), np.array([[4.0, 5.0], [6.0, 5.0]])
    )

    assert found["mape"] == pytest.approx(0.15)
    assert found["bias"] == pytest.approx(0.05)
    assert found["inside"] == 0.5
    # 10 each are true: off by a fifth each way, and right together.
    assert found["channel_error"] == pytest.approx(0.2)
    assert found["total_error"] == pytest.approx(0)
    assert found["channels_inside"] == 1


def test_who_tells_contributions_alone_is_scored_by_them() -> None:
    told = {"contributions": np.array([15.0, 10.0])}
    alone = media_scores(
        Answer(told, 2.0), np.array([100.0]), np.array([[4.0, 5.0], [6.0, 5.0]])
    )
    whole = {"mape": 0.1, "bias": 0.1, "rmse": 1.0, "seconds": 1.0, "inside": np.nan}
    ours = {**whole, "channel_error": 0.1, "total_error": 0.05}
    rows = [
        {"set": "a", "forecaster": "ours", **ours, "channels_inside": 2, "channels": 2},
        {"set": "a", "forecaster": "Robyn", **alone},
    ]

    held_back, brought, by_peer = mix_tables(pd.DataFrame(rows))

    assert "Robyn" not in held_back
    assert brought.splitlines()[-1] == (
        "| a | 10.0 %; 5.0 %; 2 of 2 | 25.0 %; 25.0 % |"
    )
    assert by_peer.splitlines()[-1] == (
        "| Robyn | 1 |  |  | 2.50 | -, 1 of 1 | 2.0 | 1.0 |"
    )


def test_who_gave_no_answer_is_told_so_in_the_tables_of_the_mix() -> None:
    ours = media_scores(
        Answer({"expected": np.array([90.0])}, 1.0), np.array([100.0]), None
    )
    none = media_scores(
        Answer({}, float("nan"), "not installed"), np.array([100.0]), None
    )
    rows = [
        {"set": "a", "forecaster": "ours", "inside": np.nan, **ours},
        {"set": "a", "forecaster": "Meridian", "inside": np.nan, **none},
    ]

    held_back, _, by_peer = mix_tables(pd.DataFrame(rows))

    assert held_back.splitlines()[-1] == "| a | 10.0 %; 10.0 % | no answer |"
    assert by_peer.splitlines()[-1].startswith("| Meridian | no answer")


@pytest.mark.parametrize("engine", ["values", "media"])
def test_an_interpreter_without_a_peer_says_so_and_is_not_asked(engine: str) -> None:
    program = f"tests.benchmarks.peers.outside_{engine}"

    with peers_of([Path(sys.executable)], program) as peers:
        found = peers.ask("pymc-marketing", {"days": 90})

    assert peers.version("pymc-marketing") == "not installed"
    assert found.error == "not installed"


def test_a_table_replaces_what_stands_between_its_marks(tmp_path: Path) -> None:
    document = tmp_path / "peers.md"
    document.write_text("# Peers\n\n<!-- values -->\nold\n<!-- /values -->\nafter\n")

    write_between_marks(document, "values", "| new |")

    assert document.read_text() == (
        "# Peers\n\n<!-- values -->\n\n| new |\n\n<!-- /values -->\nafter\n"
    )
    with pytest.raises(MissingMarks, match="<!-- media -->"):
        write_between_marks(document, "media", "| new |")
