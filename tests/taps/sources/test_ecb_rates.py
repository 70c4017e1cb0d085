"""Reference rates day by day, as the central bank answers."""

from __future__ import annotations

from tests.taps.sources.ecb import central_bank


def test_a_day_is_replaced_whole_and_a_closing_day_has_no_rate() -> None:
    with central_bank() as bank:
        output = bank.read("2026-04-02", "2026-04-04")

    rates = [(r["date"], r["currency"], r["rate"]) for r in output.records("rates")]
    assert rates == [
        ("2026-04-02", "GBP", 0.8),
        ("2026-04-02", "JPY", 183.47),
        ("2026-04-03", "GBP", None),
    ]
    slices = [(s["date"], s["row_count"]) for s in output.records("slices")]
    assert slices == [("2026-04-02", 2), ("2026-04-03", 1), ("2026-04-04", 0)]
    assert bank.asked == [
        {
            "startPeriod": "2026-04-02",
            "endPeriod": "2026-04-04",
            "detail": "dataonly",
            "format": "csvdata",
        }
    ]


def test_a_period_without_rates_is_no_failure() -> None:
    with central_bank() as bank:
        output = bank.read("2026-04-04", "2026-04-05")

    assert output.records("rates") == []
    assert [s["row_count"] for s in output.records("slices")] == [0, 0]
