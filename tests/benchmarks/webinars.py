"""Attendance and conversion on public data, beside simpler answers.

``python -m tests.benchmarks.webinars [--data FOLDER] [--peer-python PYTHON]``. Prints
the tables of docs/models/webinars.md. The seed's random forests run in an interpreter
that has scikit-learn, and are left out without one. The folder holds
``oulad_registrations.csv.gz`` (offerings of courses: who registered before the start,
and had not left by it) and ``bank_marketing_calls.csv.gz`` (calls in the order of time,
and who subscribed).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import expit

from ml_assets.webinars.attendance import forecast_attendance, forecast_of_chances
from ml_assets.webinars.attendance_grades import Forecaster, Grade, backtest, grade
from ml_assets.webinars.attendance_rivals import (
    beta_binomial,
    binomial,
    trailing_mean,
)
from ml_assets.webinars.conversion import CALIBRATED_ON, fit_conversion
from ml_assets.webinars.conversion_bands import bands_by_probability, first_to_call
from ml_assets.webinars.conversion_grades import grade_scores, scores_in_time
from ml_assets.webinars.events import Events
from ml_assets.webinars.leads import Floats, Leads, leads_of_columns
from ml_assets.webinars.registrant_model import fit_registrants, forecast_registrants
from tests.benchmarks.peers.asking import Peers, peers_of
from tests.benchmarks.peers.outside_webinars import ATTENDANCE, CONVERSION
from tests.ml_assets.webinars.registrant_draws import WEIGHTS, drawn_events

_FORECASTERS: Final[dict[str, Forecaster]] = {
    "registrants x trailing mean": trailing_mean,
    "binomial": binomial,
    "beta-binomial, most likely (m, M)": beta_binomial,
    "ours": forecast_attendance,
}
# Of the offerings, that is forecast first.
FIRST: Final = 9
_DRAWS = 300
_FIRST_SHARE = 0.7
_STEP = 500


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--peer-python", type=Path, action="append", default=[])
    asked = parser.parse_args()
    with peers_of(
        asked.peer_python, "tests.benchmarks.peers.outside_webinars"
    ) as peers:
        _print_all(asked.data, peers)


def _print_all(data: Path | None, peers: Peers) -> None:
    print("| events | forecast | inside | needed | width | MAE | CRPS | gate |")
    print("|---|---|---|---|---|---|---|---|")
    if data is not None:
        events, known = offerings(data)
        for name, of in _FORECASTERS.items():
            _print_grade("OULAD", name, backtest(events, of, FIRST, known))
        if ATTENDANCE in peers:
            _print_grade("OULAD", "the seed's forest", _forest_grade(data, peers))
    for count in (3, 5, 10, 20):
        for name, of in _FORECASTERS.items():
            _print_grade(f"simulated, {count} past", name, _simulated(count, of))
    _print_by_registrants()
    if data is not None:
        _print_scores(bank_calls(data), peers)


def _offering_table(data: Path) -> pd.DataFrame:
    """Offerings of courses in time order, and who registered in the last two days."""
    rows = pd.read_csv(data / "oulad_registrations.csv.gz")
    rows = rows[rows["date_registration"] <= 0]
    rows["came"] = ~(rows["date_unregistration"] <= 0)
    rows["last_day"] = rows["date_registration"] > -1
    rows["day_before"] = (rows["date_registration"] > -2) & ~rows["last_day"]
    by = rows.groupby(["code_presentation", "code_module"])
    counted = by["came"].agg(["size", "sum"])
    return counted.join(by[["last_day", "day_before"]].sum()).reset_index()


def offerings(data: Path) -> tuple[Events, list[int]]:
    """Offerings of courses in time order, and how many were over when each began."""
    counted = _offering_table(data)
    events = Events.of(
        counted["size"].tolist(), counted["sum"].tolist(), list(counted["code_module"])
    )
    began = counted["code_presentation"]
    return events, [int((began < each).sum()) for each in began]


def _forest_grade(data: Path, peers: Peers) -> Grade:
    """The seed's forest, by the features it asks for that are there."""
    told = _offering_table(data)
    is_winter = told["code_presentation"].str.endswith("B")
    numbers = told[["size", "last_day", "day_before"]].assign(
        velocity=told["last_day"] - told["day_before"], is_winter=is_winter
    )
    x = numbers.join(pd.get_dummies(told["code_module"])).to_numpy(dtype=np.float64)
    shows, known, rows = told["sum"].to_numpy(), offerings(data)[1], []
    for at in range(FIRST, len(told)):
        past = slice(0, known[at])
        question = {"x": x[past], "y": shows[past], "now": x[at : at + 1]}
        trees = peers.ask(ATTENDANCE, question).arrays["trees"][:, 0]
        people = int(told["size"].iloc[at])
        counts = np.clip(np.rint(trees), 0, people).astype(int)
        chances = np.bincount(counts, minlength=people + 1) / len(counts)
        rows.append((forecast_of_chances(chances), int(shows[at])))
    return grade(rows)


def _print_by_registrants() -> None:
    """Forty past events whose registrants tell who comes, and where they do not."""
    for told, weights in (
        ("registrants tell", WEIGHTS),
        ("registrants do not tell", np.array([-0.5, 0, 0, 0, 0, 0])),
    ):
        rng, ours, series = np.random.default_rng(40), [], []
        for _ in range(_DRAWS):
            drawn = drawn_events(rng, 41, weights)
            past, coming = drawn.of(range(40)), drawn.of([40])
            n, k = (
                np.bincount(drawn.event, each).astype(int)
                for each in (drawn.registrants, drawn.shows)
            )
            events = Events.of(n.tolist(), k.tolist(), list(drawn.series)).first(40)
            said = forecast_attendance(events, int(n[40]), coming.series[0])
            series.append((said, int(k[40])))
            ours.append(
                (forecast_registrants(fit_registrants(past), coming), int(k[40]))
            )
        _print_grade(f"simulated, 40 past, {told}", "ours, by series", grade(series))
        _print_grade(f"simulated, 40 past, {told}", "ours, by registrants", grade(ours))


def _simulated(past: int, forecaster: Forecaster) -> Grade:
    """Two series of events each, show rates of .38 on average, one forecast a draw."""
    rng = np.random.default_rng(past)
    rows = []
    for _ in range(_DRAWS):
        means = expit(-0.5 + rng.normal(0, 0.4, 2))
        of = rng.integers(2, size=past + 1)
        n = rng.integers(60, 400, past + 1)
        k = rng.binomial(n, rng.beta(means[of] * 40, (1 - means[of]) * 40))
        events = Events.of(n.tolist(), k.tolist(), [str(each) for each in of])
        said = forecaster(events.first(past), int(n[past]), events.series[past])
        rows.append((said, int(k[past])))
    return grade(rows)


def _print_grade(events: str, name: str, found: Grade) -> None:
    cells = (
        f"{found.covered_count} of {found.forecast_count}",
        f"{found.fewest_covered}-{found.most_covered}",
        f"{found.mean_width_ratio:.3f}",
        f"{found.mean_absolute_error_ratio:.3f}",
        f"{found.mean_crps_ratio:.4f}",
        "kept" if found.is_kept else "not kept",
    )
    print("|", " | ".join((events, name, *cells)), "|", flush=True)


def bank_calls(data: Path) -> Leads:
    """Calls in the order of time, without ``duration``, which leaks the outcome."""
    calls = pd.read_csv(data / "bank_marketing_calls.csv.gz", sep=";")
    never = 999
    calls["days_since"] = np.where(calls["pdays"] == never, 0, calls["pdays"])
    outcome = (calls["y"] == "yes").to_numpy(dtype=np.float64)
    known = calls.drop(columns=["y", "duration", "pdays"])
    numbers = known.select_dtypes("number")
    texts = known.drop(columns=list(numbers))
    return leads_of_columns(
        {str(name): numbers[name].tolist() for name in numbers},
        {str(name): texts[name].tolist() for name in texts},
        outcome.tolist(),
    )


def _print_scores(leads: Leads, peers: Peers) -> None:
    first = int(len(leads) * _FIRST_SHARE)
    came = leads.converted[first:]
    said, raw, _ = scores_in_time(leads, first, _STEP)
    once = fit_conversion(leads.part(0, first)).probabilities(leads.features[first:])
    rows: dict[str, tuple[Floats, Floats]] = {
        "base rate of the last window": (_last_rates(leads, first), came),
        "logistic, not recalibrated": (raw, came),
        "calibrated once, for 12,357 calls": (once, came),
        **_forest_scores(leads, first, peers),
        "ours, every 500 calls": (said, came),
        "ours, in random order (no forecast)": _shuffled(leads, first),
    }
    print("\n| score | AUC | ECE | Brier | of base | at .6 or more | gate |")
    print("|---|---|---|---|---|---|---|")
    for name, (score, outcome) in rows.items():
        found = grade_scores(score, outcome)
        cells = (
            f"{found.area_under_curve:.3f}",
            f"{found.calibration_error:.3f}",
            f"{found.brier_score:.3f}",
            f"{found.brier_of_base:.3f}",
            f"{found.above_count:,}",
            "kept" if found.is_calibrated else "not kept",
        )
        print("|", " | ".join((name, *cells)), "|", flush=True)
    print("\n| band | people | said | came | 95 % |\n|---|---|---|---|---|")
    for band in (*bands_by_probability(said, came), *first_to_call(said, came, 200)):
        low, high = band.realised_lower_ratio, band.realised_upper_ratio
        print(
            f"| {band.name} | {band.people_count:,} "
            f"| {band.mean_probability_ratio:.1%} | {band.realised_ratio:.1%} "
            f"| {low:.1%} to {high:.1%} |"
        )


def _forest_scores(
    leads: Leads, first: int, peers: Peers
) -> dict[str, tuple[Floats, Floats]]:
    """The seed's forest of those before, for those who came later."""
    if CONVERSION not in peers:
        return {}
    x, y = leads.features, leads.converted
    question = {"x": x[:first], "y": y[:first], "now": x[first:]}
    said = peers.ask(CONVERSION, question).arrays["said"]
    return {"the seed's forest, once": (said, y[first:])}


def _last_rates(leads: Leads, first: int) -> Floats:
    rates = [
        leads.converted[at - CALIBRATED_ON : at].mean()
        for at in range(first, len(leads), _STEP)
    ]
    return np.repeat(rates, _STEP)[: len(leads) - first]


def _shuffled(leads: Leads, first: int) -> tuple[Floats, Floats]:
    order = np.random.default_rng(1).permutation(len(leads))
    mixed = Leads(leads.features[order], leads.names, leads.converted[order])
    score = fit_conversion(mixed.part(0, first))
    return score.probabilities(mixed.features[first:]), mixed.converted[first:]


if __name__ == "__main__":
    main()
