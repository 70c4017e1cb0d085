"""The purchase models a company may get, fitted to its log.

How regular customers are (k) is decided by the likelihood: it rises with k until the
log is less regular than the model.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from ml_assets.clv.errors import CustomerValueError, NotConverged, TooShortHistory
from ml_assets.clv.horizons import PurchaseFit
from ml_assets.clv.models import bg_nbd, pareto_nbd
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.bg_nbd_likelihood import Shape
from ml_assets.clv.models.pareto_nbd import ParetoNbd
from ml_assets.clv.purchases import Seen
from ml_assets.sentences import Sentence, said

__all__ = [
    "SHORTEST_MODEL_HISTORY_DAYS",
    "SIMPLE",
    "Candidate",
    "candidate_of",
    "candidates_of",
    "fit_candidate",
    "require_history",
]

SIMPLE = ("bg_nbd", "mbg_nbd", "pareto_nbd")
SHORTEST_MODEL_HISTORY_DAYS = 56
_REGULARITIES = (2, 3, 4, 6, 8, 12)
# As wide as a factor of 20 either way: it only stops a parameter from running away.
_RESCUE_PRIOR_SD = 3.0


@dataclass(frozen=True)
class Candidate:
    """One model and how it did; what could not be had is None, and `reason` says why.

    `log_likelihood` is of the whole log, times in days, waiting times included;
    `mae` the mean over inner origins of the absolute error per customer, as a
    multiple of the best candidate's; `log_loss` of P(any purchase), recalibrated.
    """

    name: str
    fit: PurchaseFit | None
    log_likelihood: float | None
    mae: float | None = None
    log_loss: float | None = None
    reason: str | None = None


def fit_candidate(
    name: str,
    seen: Seen,
    penalizer: float = 0.0,
    near: PurchaseFit | None = None,
) -> PurchaseFit:
    """Fit by name: bg_nbd, mbg_nbd, bg_cnbd_2, mbg_cnbd_2, ..., pareto_nbd.

    Parameters
    ----------
    penalizer
        lifetimes' `penalizer_coef`. At 0 a wide prior helps where it is needed.
    near
        The same model of another day or of other customers: where to begin.

    Raises
    ------
    CustomerValueError
        When not even a wide prior gives the likelihood a maximum.
    """
    if near is not None and near.prior_sd is None:
        with suppress(NotConverged):
            return _fit(name, seen, penalizer, None, near)
    try:
        return _fit(name, seen, penalizer, None)
    except NotConverged:
        if penalizer:
            raise
        return _fit(name, seen, penalizer, _RESCUE_PRIOR_SD)


def candidates_of(seen: Seen, penalizer: float) -> Iterator[Candidate]:
    """Every candidate, fitted: first the simple ones, then as regular as the log is."""
    simple = [candidate_of(name, seen, penalizer) for name in SIMPLE]
    yield from simple
    best, name = simple[0], None
    for k in _REGULARITIES:
        regular = candidate_of(f"bg_cnbd_{k}", seen, penalizer)
        if regular.log_likelihood is None or best.log_likelihood is None:
            break
        if regular.log_likelihood <= best.log_likelihood:
            break
        best, name = regular, f"mbg_cnbd_{k}"
    if name is not None:
        yield best
        yield candidate_of(name, seen, penalizer)


def candidate_of(name: str, seen: Seen, penalizer: float) -> Candidate:
    """One candidate, fitted, or with the reason why not."""
    try:
        fit = fit_candidate(name, seen, penalizer)
    except CustomerValueError as failure:
        return Candidate(name, None, None, reason=said(failure))
    waiting = bg_nbd.interval_term(
        _shape(name).regularity, seen.histories.frequency, seen.log_intervals
    )
    reason = None
    if fit.prior_sd is not None:
        reason = Sentence(
            "reasons.prior", "fitted with a prior of {sd:g} log units", sd=fit.prior_sd
        )
    return Candidate(name, fit, fit.log_likelihood + waiting, reason=reason)


def require_history(seen: Seen) -> None:
    """Refuse a log too short to tell a pause from leaving.

    Raises
    ------
    TooShortHistory
    """
    days = float(seen.histories.age_days.max(initial=0))
    if days < SHORTEST_MODEL_HISTORY_DAYS:
        raise TooShortHistory(
            Sentence(
                "reasons.short_history",
                "the first order is {days:.0f} days old: a pause cannot be told from "
                "leaving before {least} days. Load older orders, or wait.",
                days=days,
                least=SHORTEST_MODEL_HISTORY_DAYS,
            )
        )


def _fit(
    name: str,
    seen: Seen,
    penalizer: float,
    prior_sd: float | None,
    near: PurchaseFit | None = None,
) -> PurchaseFit:
    start = near.parameters if near else None
    if name == "pareto_nbd":
        assert start is None or isinstance(start, ParetoNbd)  # noqa: S101 - one name
        return pareto_nbd.fit(
            *seen.histories, penalizer=penalizer, prior_sd=prior_sd, start=start
        )
    shape = _shape(name)
    assert start is None or isinstance(start, BgNbd)  # noqa: S101 - one name
    return bg_nbd.fit(
        *seen.histories,
        start=start,
        regularity=shape.regularity,
        leaves_at_first=shape.leaves_at_first,
        penalizer=penalizer,
        prior_sd=prior_sd,
    )


def _shape(name: str) -> Shape:
    _, _, regularity = name.partition("cnbd_")
    return Shape(int(regularity or 1), name.startswith("mbg"))
