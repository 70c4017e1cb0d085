"""Who had a tier and stayed, beside who was as old and had none."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from ml_assets.subscriptions.loyalty_retention import tier_retention


def accounts(*groups: tuple[int, int, float, float | None]) -> pd.DataFrame:
    """So many accounts, of which so many stayed, by months and adoption."""
    rows: list[dict[str, Any]] = [
        {
            "account_id": f"{place}/{number}",
            "months_active": months,
            "feature_adoption_ratio": adoption,
            "engagement_level": None,
            "is_kept": number < kept,
        }
        for place, (count, kept, months, adoption) in enumerate(groups)
        for number in range(count)
    ]
    return pd.DataFrame(rows)


def test_each_account_is_of_its_highest_tier_and_others_are_as_old() -> None:
    found = tier_retention(
        accounts(
            (10, 9, 7, 0.9),  # silver
            (20, 12, 8, 0.5),  # bronze, as old as silver asks for
            (4, 1, 4, 0.9),  # bronze, and too young for silver
            (3, 0, 1, 0.9),  # none
            (2, 1, 9, None),  # bronze: of what is unknown nobody is lifted
        )
    ).set_index("tier")

    silver = found.loc["silver"]
    assert (silver["followed_count"], silver["kept_ratio"]) == (10, 0.9)
    assert (silver["others_count"], silver["others_kept_ratio"]) == (22, 13 / 22)
    # Wilson: (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    assert silver["kept_ratio_lower"] == pytest.approx(0.59585, abs=1e-5)
    assert silver["kept_ratio_upper"] == pytest.approx(0.98212, abs=1e-5)
    # Newcombe's tenth, of 9/10 and 13/22.
    assert silver["kept_difference_lower"] == pytest.approx(-0.04258, abs=1e-5)
    assert silver["kept_difference_upper"] == pytest.approx(0.52859, abs=1e-5)
    bronze = found.loc["bronze"]
    assert (bronze["followed_count"], bronze["kept_ratio"]) == (26, 14 / 26)
    # Who has three months has bronze: there are no others.
    assert bronze["others_count"] == 0
    assert bronze[["others_kept_ratio", "kept_difference_lower"]].isna().all()


def test_of_nobody_nothing_is_told() -> None:
    gold = (
        tier_retention(accounts((1, 1, 1, 0.9)).iloc[:0]).set_index("tier").loc["gold"]
    )

    assert gold["followed_count"] == 0
    assert gold[["kept_ratio", "kept_ratio_lower"]].isna().all()
