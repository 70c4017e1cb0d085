"""A company is valued whole, or not at all and with the reason."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.valuation import (
    GATES,
    MartTotals,
    Valuation,
    ValuationSettings,
    value_customers,
)

AS_OF = dt.date(2024, 12, 31)


def _summaries(frequency: np.ndarray, spend: np.ndarray, seed: int = 1) -> pd.DataFrame:
    """Customers of all ages; recency spread over the age, spend as given."""
    rng = np.random.default_rng(seed)
    age = rng.integers(60, 720, frequency.size)
    share = rng.beta(2, 1, frequency.size)
    recency = np.where(frequency > 0, np.maximum(1, (age * share).astype(int)), 0)
    total = np.round((frequency + 1) * spend, 2)
    return pd.DataFrame(
        {
            "customer_id": [f"c{n}" for n in range(frequency.size)],
            "as_of_date": AS_OF,
            "currency_code": "EUR",
            "last_order_date": AS_OF,
            "order_count": frequency + 1,
            "frequency": frequency,
            "recency_days": recency,
            "age_days": age,
            "monetary_value": [
                float(m) if x else None for x, m in zip(frequency, spend, strict=True)
            ],
            "historic_value": [Decimal(str(value)) for value in total],
        }
    )


def _shop(customers: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    frequency = rng.poisson(rng.gamma(0.7, 2.5, customers))
    return _summaries(frequency, rng.gamma(6, 8, customers))


def _value(summaries: pd.DataFrame, **settings: float) -> Valuation:
    total = sum(summaries["historic_value"].tolist(), Decimal(0))
    mart = MartTotals(len(summaries), total)
    return value_customers(summaries, AS_OF, ValuationSettings(**settings), mart)


def _outcomes(valuation: Valuation) -> dict[str, str]:
    return {gate.gate: gate.outcome for gate in valuation.gates}


def test_a_usual_shop_passes_every_gate() -> None:
    summaries = _shop()

    valuation = _value(summaries)

    assert list(_outcomes(valuation)) == list(GATES)
    assert valuation.reasons == []
    assert valuation.predictions is not None
    assert len(valuation.predictions) == len(summaries)


@pytest.mark.parametrize("customers", [0, 1, 12])
def test_too_few_customers_block_and_say_how_many_are_needed(customers: int) -> None:
    valuation = _value(_shop().head(customers))

    assert valuation.predictions is None
    assert "at least 10" in valuation.reasons[0]


def test_totals_that_differ_from_the_orders_by_a_cent_block() -> None:
    summaries = _shop()
    total = sum(summaries["historic_value"].tolist(), Decimal("0.01"))

    valuation = value_customers(
        summaries, AS_OF, ValuationSettings(), MartTotals(len(summaries), total)
    )

    assert valuation.predictions is None
    assert "-0.01" in valuation.reasons[0]


def test_a_shop_where_everything_costs_the_same_is_valued_without_a_spend_model() -> (
    None
):
    rng = np.random.default_rng(3)
    frequency = rng.poisson(rng.gamma(0.7, 2.5, 600))

    valuation = _value(_summaries(frequency, np.full(600, 25.0)))

    assert valuation.reasons == []
    assert valuation.gamma_gamma is None
    assert _outcomes(valuation)["converged"] == "warned"
    assert valuation.predictions is not None
    assert set(valuation.predictions["expected_order_value"]) == {Decimal("25.00")}


def test_without_a_spend_model_buyers_keep_their_own_mean() -> None:
    rng = np.random.default_rng(4)
    frequency = rng.poisson(rng.gamma(0.7, 2.5, 600))
    # Two prices and one giant: no Gamma-Gamma with a finite mean fits this.
    spend = np.where(rng.random(600) < 0.5, 0.01, 90_000.0)
    summaries = _summaries(frequency, spend)

    valuation = _value(summaries)

    if valuation.gamma_gamma is None:
        assert valuation.predictions is not None
        found = valuation.predictions.set_index("customer_id")["expected_order_value"]
        repeaters = summaries[summaries["frequency"] > 0]
        own = repeaters.set_index("customer_id")["monetary_value"]
        assert (found[own.index].astype(float) - own).abs().max() < 0.006
    else:
        assert valuation.gamma_gamma.parameters.q > 1


def test_customers_who_never_stop_buying_are_still_valued() -> None:
    """Steady subscribers push drop-out to zero: plain likelihood has no maximum."""
    rng = np.random.default_rng(5)
    age = rng.integers(200, 720, 400)
    frequency = age // 30
    summaries = _summaries(frequency, rng.gamma(6, 8, 400))
    summaries["age_days"] = age
    summaries["recency_days"] = frequency * 30

    valuation = _value(summaries)

    assert valuation.reasons == []
    assert valuation.predictions is not None
    assert valuation.predictions["probability_alive"].median() > 0.9


def test_the_settings_reach_the_fit() -> None:
    plain, penalized = _value(_shop()), _value(_shop(), penalizer=0.1)

    assert plain.bg_nbd is not None
    assert penalized.bg_nbd is not None
    assert penalized.bg_nbd.penalizer == 0.1
    assert penalized.bg_nbd.parameters != plain.bg_nbd.parameters


def test_a_discount_lowers_value_and_leaves_purchases() -> None:
    now, later = (
        _value(_shop(), annual_discount_rate=rate).predictions for rate in (0.0, 0.5)
    )

    assert now is not None
    assert later is not None
    assert now["expected_orders_365d"].equals(later["expected_orders_365d"])
    assert now["predicted_value_12m"].sum() > later["predicted_value_12m"].sum()
