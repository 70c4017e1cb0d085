"""Gates: what must hold before a media mix is shown, or shown without a warning.

Each gate is a pure function returning one GateResult. `blocked` keeps the last good
numbers and shows the message; `warned` publishes with the message beside the numbers.
Nothing here stops anything: the caller acts on `outcome`.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ml_assets.mmm.backtest import Backtest
from ml_assets.mmm.errors import MediaMixError
from ml_assets.mmm.fitted_mix import FittedMix
from ml_assets.mmm.identifiability import inseparable, separable_pairs
from ml_assets.mmm.residuals import check_residuals
from ml_assets.mmm.sampler import AGREE
from ml_assets.sentences import Sentence, said

__all__ = [
    "GateResult",
    "Outcome",
    "converged",
    "distinct_channels",
    "fit_failed",
    "negative_baseline",
    "quiet_residuals",
    "worse_than_naive",
]

Outcome: TypeAlias = Literal["passed", "warned", "blocked"]

_NEGATIVE_WARNED: Final = 0.02
_NEGATIVE_BLOCKED: Final = 0.20
# At 0.2 intervals of 90 % held 84 % of the truth where noise had no memory.
_AUTOCORRELATION: Final = 0.2


@dataclass(frozen=True)
class GateResult:
    """One verdict: what was observed against which threshold, in plain English.

    A gate's message is a `Sentence`, so that readers of other languages get theirs.
    """

    gate: str
    outcome: Outcome
    observed: float | None
    threshold: float | None
    message: Sentence


def converged(mix: FittedMix) -> GateResult:
    """Block where the chains of the sampler disagree: the numbers are not a result."""
    r_hat = mix.draws.r_hat
    if mix.reason:
        return GateResult("converged", "blocked", r_hat, AGREE, mix.reason)
    message = Sentence(
        "mix_converged.agree",
        "All chains agree: R-hat {r_hat:.3f}, at most {most}.",
        r_hat=r_hat,
        most=AGREE,
    )
    return GateResult("converged", "passed", r_hat, AGREE, message)


def fit_failed(error: MediaMixError) -> GateResult:
    """The `converged` gate for a fit that raised: blocked, in the error's words."""
    message = Sentence("mix_converged.no_fit", "No fit: {reason}", reason=said(error))
    return GateResult("converged", "blocked", None, None, message)


def negative_baseline(mix: FittedMix) -> GateResult:
    """Warn when sales without advertising were below 0 by the fit, block if often.

    Observed is the share of fitted periods in which they were.
    """
    n = mix.series.fitted
    columns = mix.posterior.baseline.columns[:n]
    below = float((columns @ mix.draws.coefficients.mean(axis=0) < 0).mean())
    gate = "negative_baseline"
    if below <= _NEGATIVE_WARNED:
        message = Sentence(
            "negative_baseline.passed",
            "Without advertising sales were below 0 in {below:.0%} of periods.",
            below=below,
        )
        return GateResult(gate, "passed", below, _NEGATIVE_WARNED, message)
    message = Sentence(
        "negative_baseline.blocked",
        "Without advertising sales were below 0 in {below:.0%} of periods: advertising "
        "is credited with more than there was. Look for a missing control, or a "
        "channel whose spend follows sales.",
        below=below,
    )
    often = below > _NEGATIVE_BLOCKED
    outcome: Outcome = "blocked" if often else "warned"
    threshold = _NEGATIVE_BLOCKED if often else _NEGATIVE_WARNED
    return GateResult(gate, outcome, below, threshold, message)


def worse_than_naive(backtest: Backtest) -> GateResult:
    """Warn when last quarter's mean or last year's weeks predict better."""
    ours, naive = backtest.mape, backtest.naive_mape
    seen = Sentence(
        "worse_than_naive.seen",
        "Off by {ours:.1%} a period over {holdouts} holdouts; the better of last "
        "quarter's mean and last year's weeks by {naive:.1%}",
        ours=ours,
        holdouts=len(backtest.origins),
        naive=naive,
    )
    if ours <= naive:
        message = Sentence("worse_than_naive.passed", "{seen}.", seen=seen)
        return GateResult("worse_than_naive", "passed", ours, naive, message)
    message = Sentence(
        "worse_than_naive.warned",
        "{seen}: do not plan on the forecast. What moved sales is not in the table: "
        "name prices, stock, holidays or promotions as controls.",
        seen=seen,
    )
    return GateResult("worse_than_naive", "warned", ours, naive, message)


def distinct_channels(mix: FittedMix) -> GateResult:
    """Warn when two channels cannot be told apart."""
    pairs = separable_pairs(mix)
    close = pairs[~pairs["is_separable"]]
    worst = float(pairs["correlation"].min()) if len(pairs) else 0.0
    gate = "distinct_channels"
    if close.empty:
        message = Sentence(
            "distinct_channels.passed", "Every channel can be told from every other."
        )
        return GateResult(gate, "passed", worst, None, message)
    # A data frame keeps texts, no sentences: they are worded again.
    columns = (close["channel"], close["other"], close["correlation_of_spend"])
    message = Sentence(
        "distinct_channels.warned",
        "{pairs: }",
        pairs=[inseparable(*pair) for pair in zip(*columns, strict=True)],
    )
    return GateResult(gate, "warned", worst, None, message)


def quiet_residuals(mix: FittedMix) -> GateResult:
    """Warn when what is left unexplained follows itself from period to period."""
    check = check_residuals(mix)
    observed, gate = check.autocorrelation, "quiet_residuals"
    outcome: Outcome = "warned" if abs(observed) > _AUTOCORRELATION else "passed"
    return GateResult(gate, outcome, observed, _AUTOCORRELATION, check.sentence)
