"""A source that dies while another lives."""

import datetime as dt

import pandas as pd
import pytest

from ml_assets.clv.sources import living_sources

TODAY = dt.date(2026, 6, 30)


def sources(**silent_for: int) -> pd.DataFrame:
    """Equal shares; days since each one's last order."""
    return pd.DataFrame(
        {
            "source": list(silent_for),
            "last_order_date": [
                TODAY - dt.timedelta(days=d) for d in silent_for.values()
            ],
            "share": 1 / len(silent_for),
        }
    )


@pytest.mark.parametrize(
    ("silent_for", "last_run", "outcome"),
    [
        (30, 1, "passed"),
        (31, 1, "blocked"),
        # Blocked runs are no good runs: it stays blocked until somebody looks.
        (45, 15, "blocked"),
        # Silent at the last good run already: left behind, or accepted.
        (45, 14, "warned"),
        (400, 1, "warned"),
        # Nothing was published before, so nothing tells a death from a move.
        (45, None, "warned"),
    ],
)
def test_a_source_that_fell_silent_since_the_last_good_run_stops_it(
    silent_for: int, last_run: int | None, outcome: str
) -> None:
    last = None if last_run is None else TODAY - dt.timedelta(days=last_run)

    result = living_sources(sources(shop=2, market=silent_for), TODAY, last)

    assert result.outcome == outcome
    assert result.observed == silent_for


def test_one_dead_source_is_seen_beside_one_that_was_left_long_ago() -> None:
    yesterday = TODAY - dt.timedelta(days=1)

    result = living_sources(sources(shop=2, old=400, market=31), TODAY, yesterday)

    assert result.outcome == "blocked"
    assert "market gave no order for 31 days" in result.message


def test_a_source_of_few_orders_stops_nobody() -> None:
    few = sources(shop=2, market=45).assign(share=[0.95, 0.05])

    assert living_sources(few, TODAY, TODAY).outcome == "passed"


def test_without_any_source_nothing_is_said() -> None:
    nothing = sources(shop=2).head(0)

    assert living_sources(nothing, TODAY, TODAY).outcome == "passed"
