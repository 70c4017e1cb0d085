"""Health, signals and the forecast of who leaves, on accounts of a public set.

``python -m tests.benchmarks.subscriptions --data FOLDER``. The folder holds
``iranian_telecom_churn.csv.gz`` (UCI 563): features of nine months, left by the
twelfth. It has one day only, so all is asked of accounts that were not learned from;
rows that are equal are one account. Prints what each told, its bands and its flags, and
what comes of the same table with those who left dealt out anew. Then
``bank_marketing_calls.csv.gz`` (UCI 222), in the order of time, where who buys takes
the place of who leaves: 41,188 calls in twenty blocks, each asked of those before it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ml_assets.subscriptions.churn import Churn, forecast_churn
from ml_assets.subscriptions.departures import FREE
from ml_assets.subscriptions.grading import (
    FlagGrade,
    Ranking,
    calibration_by_band,
    grade_flags,
)
from ml_assets.subscriptions.probabilities import ChanceGrade
from ml_assets.subscriptions.reading import Bools
from ml_assets.subscriptions.rivals import Comparison, compare_with_rivals

_HORIZON_DAYS = 90
_FILE: Final = "iranian_telecom_churn.csv.gz"
_CALLS: Final = "bank_marketing_calls.csv.gz"
_BLOCKS = 20
_AGES: Final = ("Age", "Age Group")
_BANDS: Final = (0.05, 0.2, 0.5)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the set")
    data = parser.parse_args().data
    raw = read_accounts(data)
    components = points(raw)
    compared = compare_with_rivals(components, horizon_days=_HORIZON_DAYS)
    forecast = forecast_of(raw)
    _print_rankings(compared, forecast)
    _print_proposal(compared)
    print("\nbands of the health score")
    _print_bands(compared.bands)
    print("\nbands of the forecast")
    _print_bands(forecast_bands(forecast, components["left"].to_numpy(bool)))
    print("\nflags")
    _print_flags(flags(raw))
    shuffled = raw.assign(
        Churn=np.random.default_rng(1).permutation(raw["Churn"].to_numpy())
    )
    print(f"\nforecast: {forecast.reason}\nshuffled: {forecast_of(shuffled).reason}")
    later = calls_of(data)
    print(f"\ncalls, by {later.by}: {later.status}. {later.reason}")
    print(f"ROC AUC {later.ranking and later.ranking.roc_auc}, {later.grade}")


def read_accounts(folder: Path) -> pd.DataFrame:
    """The table, its columns without double spaces."""
    raw = pd.read_csv(folder / _FILE)
    return raw.rename(columns=lambda name: " ".join(str(name).split()))


def points(raw: pd.DataFrame) -> pd.DataFrame:
    """What is nearest to each component, by caps in round numbers of its unit."""
    full = {
        "usage_intensity": raw["Frequency of use"] / 100,
        "feature_adoption": raw["Distinct Called Numbers"] / 30,
        "support_interactions": 1 - raw["Complains"],
        "payment_history": raw["Charge Amount"] / 3,
        "engagement_level": raw["Frequency of SMS"] / 60,
    }
    table = pd.DataFrame(full).clip(0, 1) * 100
    # Inactive is all that is known of the last use.
    return _with_keys(table.assign(days_since_last_login=raw["Status"] - 1), raw)


def forecast_of(raw: pd.DataFrame) -> Churn:
    """The forecast from all that is known but age."""
    features = [str(name) for name in raw if name not in {*_AGES, "Churn"}]
    table = _with_keys(raw[features].assign(stratum=FREE), raw)
    return forecast_churn(table, features, horizon_days=_HORIZON_DAYS)


def calls_of(folder: Path) -> Churn:
    """The forecast of later calls, from what is known before; ``duration`` is not."""
    calls = pd.read_csv(folder / _CALLS, sep=";")
    features = {
        "age": calls["age"],
        "campaign": calls["campaign"],
        "previous": calls["previous"],
        "days_before": calls["pdays"].where(calls["pdays"] < 999),
        "is_mobile": (calls["contact"] == "cellular").astype(int),
        "bought_before": (calls["poutcome"] == "success").astype(int),
        "is_single": (calls["marital"] == "single").astype(int),
        "has_no_job": calls["job"].isin(["student", "retired"]).astype(int),
    }
    block = np.arange(len(calls)) * _BLOCKS // len(calls)
    table = pd.DataFrame(features).assign(
        account_id=np.arange(len(calls)),
        scored_on=pd.Timestamp("2010-01-01") + pd.to_timedelta(block, "D"),
        left=calls["y"] == "yes",
        stratum=FREE,
    )
    return forecast_churn(table, list(features), horizon_days=1)


def forecast_bands(forecast: Churn, left: Bools) -> pd.DataFrame:
    """What was said and what came, by probability."""
    assert forecast.asked is not None
    assert forecast.chance is not None
    names = np.array(["below 5 %", "5 to 20 %", "20 to 50 %", "from 50 %"])
    band = names[np.searchsorted(_BANDS, forecast.chance, side="right")]
    return calibration_by_band(band, forecast.chance, left[forecast.asked])


def flags(raw: pd.DataFrame) -> dict[str, FlagGrade]:
    """Signals that the set knows, alone and together."""
    left = (raw["Churn"] == 1).to_numpy(bool)
    use = raw["Seconds of Use"]
    raised = pd.DataFrame(
        {
            "little use (lowest fourth)": use < use.quantile(0.25),
            "inactive": raw["Status"] == 2,
            "complaint": raw["Complains"] == 1,
        }
    )
    count = raised.sum(axis=1)
    every = raised.assign(**{"any": count >= 1, "two or more": count >= 2})
    return {str(name): grade_flags(every[name], left) for name in every}


def _with_keys(table: pd.DataFrame, raw: pd.DataFrame) -> pd.DataFrame:
    same = pd.util.hash_pandas_object(raw.drop(columns="Churn"), index=False)
    return table.assign(
        account_id=same.to_numpy(),
        scored_on=pd.Timestamp("2020-09-30"),
        left=(raw["Churn"] == 1).to_numpy(),
    )


def _print_rankings(compared: Comparison, forecast: Churn) -> None:
    assert forecast.ranking is not None
    assert forecast.grade is not None
    rankings: dict[str, Ranking] = {**compared.rankings, "forecast": forecast.ranking}
    chances: dict[str, ChanceGrade] = {**compared.chances, "forecast": forecast.grade}
    columns = ("", "ROC AUC", "PR AUC", "lift, top tenth", "Brier", "of base", "ECE")
    rows = [
        (
            name,
            str(rankings[name].roc_auc),
            str(rankings[name].pr_auc),
            f"{rankings[name].top_lift.value:.1f}",
            f"{chances[name].brier:.4f}",
            f"{chances[name].base_brier:.4f}",
            f"{chances[name].calibration_error:.3f}",
        )
        for name in rankings
    ]
    print(f"kept apart by {compared.by}, {forecast.ranking.count} rows")
    _print_table(columns, rows)


def _print_proposal(compared: Comparison) -> None:
    print(f"\nlogistic over weights: {compared.logistic_gain} of ROC AUC")
    if compared.proposal is None:
        print("no weights are proposed")
        return
    told = ", ".join(
        f"{name} {compared.proposal.weights[name]:.0f} ({by:+.0f})"
        for name, by in compared.proposal.difference.items()
    )
    print(f"proposed: {told}; they gain {compared.proposal.gain}")


def _print_bands(bands: pd.DataFrame) -> None:
    rows = [
        (
            str(row["band"]),
            f"{row['count']}",
            f"{row['said_ratio']:.1%}",
            f"{row['left_ratio']:.1%}",
            f"{row['left_ratio_lower']:.1%} to {row['left_ratio_upper']:.1%}",
        )
        for row in bands.to_dict("records")
    ]
    _print_table(("band", "accounts", "said", "left", "interval"), rows)


def _print_flags(grades: dict[str, FlagGrade]) -> None:
    rows = [
        (
            name,
            f"{grade.flagged_count}",
            str(grade.precision),
            str(grade.recall),
            f"{grade.lift:.1f}",
        )
        for name, grade in grades.items()
    ]
    _print_table(("flag", "flagged", "precision", "recall", "lift"), rows)


def _print_table(columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    names = list(columns)
    print("|", " | ".join(names), "|")
    print("|" + "---|" * len(names))
    for row in rows:
        print("|", " | ".join(row), "|")


if __name__ == "__main__":
    main()
