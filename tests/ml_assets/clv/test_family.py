"""MBG/NBD, BG/CNBD-k, MBG/CNBD-k and Pareto/NBD beside BG/NBD."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from ml_assets.clv.errors import InvalidParameters
from ml_assets.clv.expected_purchases import purchases_if_alive
from ml_assets.clv.histories import Floats, check_histories
from ml_assets.clv.horizons import PurchaseFit, forecast_horizons
from ml_assets.clv.models import (
    bg_nbd,
    bg_nbd_likelihood,
    pareto_nbd,
    pareto_nbd_likelihood,
)
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.bg_nbd_likelihood import Shape
from ml_assets.clv.models.maximum_likelihood import Derivatives
from ml_assets.clv.models.pareto_nbd import ParetoNbd
from ml_assets.clv.purchase_counts import count_moments
from tests.ml_assets.clv.simulation import Customers, simulate, simulate_pareto

SHAPES = [Shape(1, True), Shape(2, False), Shape(3, True)]
PARETO = ParetoNbd(0.6, 30.0, 0.7, 60.0)


def member(shape: Shape) -> BgNbd:
    return BgNbd(0.8, 25.0, 0.7, 2.5, **shape._asdict())


def people(shape: Shape, n: int = 400, seed: int = 5) -> Customers:
    rng = np.random.default_rng(seed)
    return simulate(member(shape), rng.uniform(30, 600, n), rng)


def assert_exact(derivatives: Any, theta: Floats) -> None:
    """The gradient and Hessian are those of the value, by central differences."""
    found = derivatives(theta)
    steps = np.diag(theta * 1e-5)
    up: list[Derivatives] = [derivatives(theta + h) for h in steps]
    down: list[Derivatives] = [derivatives(theta - h) for h in steps]
    sizes = 2 * np.diag(steps)
    values = np.array([u.value - d.value for u, d in zip(up, down, strict=True)])
    slopes = np.array([u.gradient - d.gradient for u, d in zip(up, down, strict=True)])
    assert found.gradient == pytest.approx(values / sizes, rel=1e-6, abs=1e-9)
    assert found.hessian == pytest.approx(slopes / sizes[:, None], rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_derivatives_of_every_member_are_exact(shape: Shape) -> None:
    data = bg_nbd_likelihood.collapse(check_histories(*people(shape)[:3]), 1.0)

    assert_exact(
        lambda theta: bg_nbd_likelihood.mean_derivatives(theta, data, shape),
        np.array([0.6, 35.0, 0.9, 2.0]),
    )


def test_derivatives_of_pareto_nbd_are_exact() -> None:
    rng = np.random.default_rng(5)
    some = simulate_pareto(PARETO, rng.uniform(30, 600, 400), rng)
    data = bg_nbd_likelihood.collapse(check_histories(*some[:3]), 1.0)

    assert_exact(
        lambda theta: pareto_nbd_likelihood.mean_derivatives(theta, data),
        np.array([0.5, 40.0, 0.9, 80.0]),
    )


def test_mbg_nbd_gives_the_parameters_others_print(
    cdnow_sample: pd.DataFrame, published: dict[str, Any]
) -> None:
    numbers = published["cdnow_sample"]["mbg_nbd"]
    fit = bg_nbd.fit(*history(cdnow_sample), leaves_at_first=True)

    found = fit.parameters.in_units_of(7).values
    printed = [numbers[name] for name in ("r", "alpha_weeks", "a", "b")]
    assert np.round(found, 4).tolist() == printed
    assert round(fit.log_likelihood_in_units_of(7), 1) == numbers["log_likelihood"]


def test_pareto_nbd_gives_the_published_parameters(
    cdnow_sample: pd.DataFrame, published: dict[str, Any]
) -> None:
    numbers = published["cdnow_sample"]["pareto_nbd"]
    fit = pareto_nbd.fit(*history(cdnow_sample))

    found = fit.parameters.in_units_of(7).values
    printed = [numbers[name] for name in ("r", "alpha_weeks", "s", "beta_weeks")]
    assert np.round(found, 3).tolist() == printed
    assert round(fit.log_likelihood_in_units_of(7), 1) == numbers["log_likelihood"]


def history(summaries: pd.DataFrame) -> list[pd.Series]:
    return [summaries[c] for c in ("frequency", "recency_days", "age_days")]


def test_where_a_fit_begins_does_not_change_where_it_ends() -> None:
    rng = np.random.default_rng(5)
    some = simulate_pareto(PARETO, rng.uniform(30, 600, 400), rng)[:3]
    pairs: list[tuple[PurchaseFit, PurchaseFit]] = [
        (pareto_nbd.fit(*some), pareto_nbd.fit(*some, start=PARETO)),
        (bg_nbd.fit(*some), bg_nbd.fit(*some, start=BgNbd(0.5, 50.0, 0.4, 3.0))),
    ]

    for usual, other in pairs:
        assert other.parameters.values == pytest.approx(usual.parameters.values)
        assert other.covariance == pytest.approx(usual.covariance, rel=1e-5)
        assert other.log_likelihood == pytest.approx(usual.log_likelihood)


def test_a_fit_begins_with_every_eighth_customer_of_each_history() -> None:
    ages = np.repeat([10.0, 20.0, 30.0], [12_000, 3_996, 4])
    none = np.zeros(ages.size)
    data = bg_nbd_likelihood.collapse(check_histories(none, none, ages), 1.0)

    fewer = data.fewer()

    assert fewer is not None
    # The fifth, the 13th and so on: the last one is the 15,997th.
    assert fewer.age.tolist() == [10, 20, 30]
    assert fewer.weights.tolist() == [1_500, 499, 1]
    assert fewer.fewer() is None


def test_the_pareto_likelihood_equals_its_integral() -> None:
    r, alpha, s, beta = PARETO.values
    x, t_x, age = 3, 50.0, 120.0

    def leaves_at(u: float) -> float:
        density = s * beta**s * (beta + u) ** -(s + 1)
        return float(density * (alpha + u) ** -(r + x))

    alive = (alpha + age) ** -(r + x) * (beta / (beta + age)) ** s
    gone = quad(leaves_at, t_x, age, epsabs=0, epsrel=1e-12)[0]
    rising = r * (r + 1) * (r + 2) * alpha**r

    found = pareto_nbd.log_likelihood(PARETO, x, t_x, age)
    assert float(found) == pytest.approx(np.log(rising * (alive + gone)), rel=1e-12)
    active = pareto_nbd.probability_alive(PARETO, x, t_x, age)
    assert float(active) == pytest.approx(alive / (alive + gone), rel=1e-10)


def test_many_horizons_at_once_give_what_each_gives_alone() -> None:
    history = [0, 1, 40], [0.0, 20.0, 290.0], [10.0, 200.0, 300.0]
    horizons = np.geomspace(1, 366, 40) - 1

    together = pareto_nbd.probability_no_purchase(PARETO, horizons, *history)

    alone = [pareto_nbd.probability_no_purchase(PARETO, t, *history) for t in horizons]
    assert np.allclose(together, np.stack(alone, axis=1), atol=1e-6)
    backwards = pareto_nbd.probability_no_purchase(PARETO, horizons[::-1], *history)
    assert np.allclose(backwards, together[:, ::-1], atol=1e-6)


def test_a_busy_customer_of_pareto_nbd_has_a_finite_likelihood() -> None:
    found = pareto_nbd.log_likelihood(PARETO, [500, 500], [700, 400], [700, 700])

    assert np.isfinite(found).all()
    alive = pareto_nbd.probability_alive(PARETO, [500, 500], [700, 400], [700, 700])
    assert alive[0] == 1.0
    assert alive[1] < 1e-6


@pytest.mark.parametrize("shape", SHAPES)
def test_every_member_foresees_what_its_own_customers_do(shape: Shape) -> None:
    rng = np.random.default_rng(11)
    horizon = 120.0
    some = simulate(member(shape), rng.uniform(30, 400, 60_000), rng, horizon=horizon)

    seen = forecast_horizons(
        member(shape), np.array([horizon]), check_histories(*some[:3])
    )

    assert_foreseen(some, seen)


def test_pareto_nbd_foresees_what_its_own_customers_do() -> None:
    rng = np.random.default_rng(11)
    horizon = 120.0
    some = simulate_pareto(PARETO, rng.uniform(30, 400, 60_000), rng, horizon=horizon)

    seen = forecast_horizons(PARETO, np.array([horizon]), check_histories(*some[:3]))

    assert_foreseen(some, seen)


def assert_foreseen(some: Customers, seen: Any) -> None:
    """In groups by what is known, mean, mean square and silence come true."""
    busy = np.digitize(some.x, [1, 3])
    recent = (some.age - some.t_x > 60).astype(int)
    for group in np.unique(3 * recent + busy):
        inside = 3 * recent + busy == group
        for actual, expected in (
            (some.later, seen.mean),
            (some.later**2, seen.square),
            ((some.later == 0).astype(float), seen.no_purchase),
        ):
            error = actual[inside] - expected[inside, 0]
            noise = error.std() / np.sqrt(inside.sum())
            assert abs(error.mean()) < 4 * noise + 1e-9


def test_the_series_of_purchases_adds_up_to_the_formula_of_the_paper() -> None:
    x, age = np.array([0.0, 2.0, 40.0]), np.array([10.0, 90.0, 700.0])
    horizons = np.array([30.0, 365.0])
    model = BgNbd(0.5, 40.0, 0.8, 2.5)

    mean, _ = count_moments(model.values, model.shape, horizons, x, age)

    formula = purchases_if_alive(model.values, horizons, x, age)
    assert mean[..., 0] == pytest.approx(formula, rel=1e-8)


def test_one_stage_is_the_model_without_stages() -> None:
    plain, same = BgNbd(0.5, 40.0, 0.8, 2.5), BgNbd(0.5, 40.0, 0.8, 2.5, 1, False)
    case = ([0, 3], [0, 50], [70, 120])

    assert bg_nbd.log_likelihood(plain, *case) == pytest.approx(
        bg_nbd.log_likelihood(same, *case)
    )
    assert bg_nbd.interval_term(1, [0, 3], [0.0, 9.0]) == 0


def test_regular_customers_are_told_from_random_ones_by_likelihood() -> None:
    rng = np.random.default_rng(3)
    age = np.full(800, 400.0)
    rate = rng.gamma(2.0, 1 / 20.0, 800)
    x, t_x, log_intervals = np.zeros(800), np.zeros(800), np.zeros(800)
    for position in range(800):
        waits = rng.gamma(3, 1 / rate[position] / 3, 200)
        moments = np.cumsum(waits)
        inside = moments <= 400
        x[position] = inside.sum()
        t_x[position] = moments[inside][-1] if inside.any() else 0
        log_intervals[position] = np.log(waits[inside]).sum()

    likelihood = {}
    for k in (1, 2, 3, 4, 6):
        fit = bg_nbd.fit(x, t_x, age, regularity=k, prior_sd=3.0)
        waiting = bg_nbd.interval_term(k, x, log_intervals)
        likelihood[k] = fit.log_likelihood + waiting

    assert max(likelihood, key=lambda k: likelihood[k]) == 3


@pytest.mark.parametrize("regularity", [0, -1, 1.5])
def test_a_regularity_that_is_no_number_of_stages_is_refused(regularity: Any) -> None:
    with pytest.raises(InvalidParameters, match="whole number from 1"):
        BgNbd(0.5, 40.0, 0.8, 2.5, regularity)


def test_pareto_parameters_must_be_positive() -> None:
    with pytest.raises(InvalidParameters, match="Pareto/NBD s is -1"):
        ParetoNbd(0.5, 40.0, -1, 2.5)
