"""Gamma-Gamma: what a customer spends on a purchase day.

Spend per purchase day is Gamma(p, nu) for a customer, and nu is Gamma(q, v) over
customers, independently of how often they buy (`gates` checks that). Names of the
note: x repeat purchase days, m mean spend over those days. A purchase day, not an
order, is the unit: orders of one day are merged before x, t_x and m are counted.

References
----------
[1] Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value,
    brucehardie.com/notes/025.
[2] Fader, Hardie & Lee (2005), RFM and CLV: Using Iso-Value Curves for Customer
    Base Analysis, Journal of Marketing Research 42(4), 415-430.
"""

from dataclasses import astuple, dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from ml_assets.clv.errors import (
    DegenerateSpend,
    InvalidParameters,
    InvalidSummaries,
    NoPopulationMean,
)
from ml_assets.clv.histories import (
    MINIMUM_REPEAT_CUSTOMERS,
    Floats,
    check_numbers,
    refuse_where,
    require_repeat_customers,
)
from ml_assets.clv.models import lifetimes_engine
from ml_assets.clv.models.gamma_gamma_likelihood import Spend, mean_derivatives
from ml_assets.clv.models.many_customers import maximum_over
from ml_assets.sentences import Sentence

__all__ = [
    "PARAMETERS",
    "GammaGamma",
    "GammaGammaFit",
    "check_spend",
    "expected_order_value",
    "fit",
    "log_likelihood",
]

PARAMETERS = ("p", "q", "v")

# Below this relative spread of m there is no spend distribution to estimate.
_SMALLEST_SPREAD = 1e-9


@dataclass(frozen=True)
class GammaGamma:
    """p, q (shapes) and v (in the currency of m): all finite and above zero."""

    p: float
    q: float
    v: float

    def __post_init__(self) -> None:
        for name, value in zip(PARAMETERS, astuple(self), strict=True):
            if not (np.isfinite(value) and value > 0):
                raise InvalidParameters(
                    f"Gamma-Gamma {name} is {value}: it must be above 0"
                )

    @property
    def population_mean(self) -> float:
        """Mean spend per purchase day over all customers, v p / (q - 1).

        Raises
        ------
        NoPopulationMean
            When q <= 1: the tail is so heavy that the mean does not exist, and a
            one-time buyer has no expected spend.
        """
        if self.q <= 1:
            raise NoPopulationMean(
                Sentence(
                    "reasons.no_mean_spend",
                    "q is {q:.4g}: with q <= 1 mean spend is infinite, so one-time "
                    "buyers have no expected order value. Look for a few huge orders "
                    "(wholesale, typing errors) and exclude them from the spend model.",
                    q=self.q,
                )
            )
        return self.v * self.p / (self.q - 1)


@dataclass(frozen=True, eq=False)
class GammaGammaFit:
    """A fitted Gamma-Gamma; fields as in `BgNbdFit`, in the order of PARAMETERS.

    `n` counts the customers used: x > 0 and m > 0.
    """

    parameters: GammaGamma
    log_likelihood: float
    covariance: Floats
    standard_errors: Floats
    converged: bool
    n: int
    penalizer: float
    iterations: int
    largest_step: float


def check_spend(
    frequency: npt.ArrayLike, monetary_value: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Return x and m, shapes (n,), m set to 0 for one-time buyers, or refuse them.

    Raises
    ------
    InvalidSummaries
        A repeat customer without a spend, or with a negative one.
    """
    x = check_numbers(frequency, "frequency")
    spend = np.asarray(monetary_value, dtype=np.float64)
    if x.shape != spend.shape:
        raise InvalidSummaries(
            "columns frequency and monetary_value differ in length: "
            f"{x.shape}, {spend.shape}. Pass one row per customer."
        )
    repeats = x > 0
    unknown = repeats & ~np.isfinite(spend)
    refuse_where(unknown, "monetary_value", spend, "for a repeat customer")
    refuse_where(repeats & (spend < 0), "monetary_value", spend, "is negative")
    return x, np.where(repeats, spend, 0.0)


def fit(
    frequency: npt.ArrayLike, monetary_value: npt.ArrayLike, *, penalizer: float = 0.0
) -> GammaGammaFit:
    """Fit p, q, v by maximum likelihood over customers with x > 0 and m > 0.

    Equation (1a) of [1]; lifetimes finds the neighbourhood, Newton the maximum.

    Parameters
    ----------
    frequency : array, shape (n,)
        x, repeat purchase days.
    monetary_value : array, shape (n,)
        m, mean spend per repeat purchase day; ignored (may be NaN) where x = 0.
    penalizer : float
        penalizer * (p^2 + q^2 + v^2) is taken off the mean log-likelihood, v in
        units of the mean spend, so that the currency does not matter.

    Raises
    ------
    InvalidSummaries, TooFewRepeatCustomers, DegenerateSpend, NotConverged
    """
    x, m = check_spend(frequency, monetary_value)
    x, m = x[m > 0], m[m > 0]
    spenders = Sentence(
        "reasons.spent_again", "customers bought again with a positive spend"
    )
    require_repeat_customers(x.size, MINIMUM_REPEAT_CUSTOMERS, spenders)
    if m.max() <= m.min() * (1 + _SMALLEST_SPREAD):
        raise DegenerateSpend(
            Sentence(
                "reasons.same_spend",
                "all {count} customers spend {amount:.2f} per purchase day: "
                "there is no spend distribution to fit. Use that amount as the order "
                "value.",
                count=x.size,
                amount=m[0],
            )
        )
    typical = float(m.mean())
    data = Spend(x, m / typical)
    start = partial(_start, penalizer)
    found = maximum_over(data, mean_derivatives, start, penalizer)
    to_money = np.array([1.0, 1.0, typical])
    model = GammaGamma(*(found.parameters * to_money).tolist())
    covariance = found.covariance / x.size * np.outer(to_money, to_money)
    return GammaGammaFit(
        parameters=model,
        # A density counts its unit: m was divided by its mean.
        log_likelihood=x.size * (found.log_likelihood - float(np.log(typical))),
        covariance=covariance,
        standard_errors=np.sqrt(np.diag(covariance)),
        converged=True,
        n=x.size,
        penalizer=penalizer,
        iterations=found.iterations,
        largest_step=found.largest_step,
    )


def _start(penalizer: float, data: Spend) -> Floats:
    return lifetimes_engine.gamma_gamma_start(data.x, data.m, penalizer)


def log_likelihood(
    model: GammaGamma, frequency: npt.ArrayLike, monetary_value: npt.ArrayLike
) -> Floats:
    """Log density of m given x, shape (n,); equation (1a) of [1]. Needs x, m > 0."""
    x = check_numbers(frequency, "frequency")
    m = check_numbers(monetary_value, "monetary_value")
    refuse_where(x == 0, "frequency", x, "has no repeat purchase to judge spend by")
    refuse_where(m == 0, "monetary_value", m, "has no density: m must be above 0")
    p, q, v = astuple(model)
    return np.asarray(
        gammaln(p * x + q)
        - gammaln(p * x)
        - gammaln(q)
        + q * np.log(v)
        + (p * x - 1) * np.log(m)
        + p * x * np.log(x)
        - (p * x + q) * np.log(x * m + v)
    )


def expected_order_value(
    model: GammaGamma, frequency: npt.ArrayLike, monetary_value: npt.ArrayLike
) -> Floats:
    """Expected spend per future purchase day, shape (n,); equation (5) of [1].

    ``p (v + x m) / (p x + q - 1)``: the customer's own mean, drawn towards the
    population mean the less of it was seen; for one-time buyers the population
    mean itself.

    Raises
    ------
    NoPopulationMean
        When q <= 1.
    """
    x, m = check_spend(frequency, monetary_value)
    weight = model.p * x / (model.p * x + model.q - 1)
    return np.asarray((1 - weight) * model.population_mean + weight * m)
