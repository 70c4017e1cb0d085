"""A customer's own gap is that of what was known on the day they last bought."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from ml_assets.clv.histories import Histories
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.pareto_nbd import ParetoNbd
from ml_assets.clv.order_gaps import order_gap_days


def histories(*rows: tuple[float, float, float]) -> Histories:
    return Histories(*np.array(rows, dtype=np.float64).T)


def test_the_gap_of_the_plain_model_is_that_of_its_closed_form() -> None:
    # (31 + 150) (10^(1/5.243) - 1) and (31 + 20) (10^(1/10.243) - 1), by hand.
    found = order_gap_days(
        BgNbd(0.243, 31, 0.8, 2.4), histories((5, 150, 200), (10, 20, 400))
    )

    assert found == pytest.approx([99.808, 12.855], abs=1e-3)
    pareto = order_gap_days(ParetoNbd(0.243, 31, 1, 1), histories((5, 150, 200)))
    assert pareto == pytest.approx(found[:1])


@pytest.mark.parametrize("stages", [2, 3])
def test_the_gap_of_regular_buyers_is_that_of_the_integrated_mixture(
    stages: int,
) -> None:
    model = BgNbd(0.7, 12, 0.8, 2.4, regularity=stages)

    (days,) = order_gap_days(model, histories((4, 120, 130)))

    rate = gamma(0.7 + stages * 4, scale=1 / (12 + 120))

    def arrived(speed: float) -> float:
        return float(rate.pdf(speed) * gamma.cdf(days, stages, scale=1 / speed))

    assert quad(arrived, 0, np.inf)[0] == pytest.approx(0.9, abs=1e-6)


def test_silence_does_not_stretch_what_counts_as_silence() -> None:
    found = order_gap_days(
        BgNbd(0.243, 31, 0.8, 2.4), histories((5, 150, 150), (5, 150, 900))
    )

    assert found[0] == found[1]


def test_who_buys_more_often_may_be_quiet_for_less_long() -> None:
    found = order_gap_days(
        BgNbd(0.5, 31, 0.8, 2.4), histories((5, 200, 300), (9, 200, 300))
    )

    assert found[1] < found[0]


def test_more_than_a_year_is_no_rhythm() -> None:
    found = order_gap_days(
        BgNbd(0.243, 31, 0.8, 2.4), histories((0, 0, 100), (1, 300, 400))
    )

    assert np.isnan(found).all()
