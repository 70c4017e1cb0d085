"""What must hold before a mix replaces the last good one.

Each gate is a pure function; nothing here stops anything. `GATES` is their order, and
each is an asset check of that name.
"""

from typing import Final

import numpy as np
import pandas as pd

from ml_assets.media_plan.media_days import CLICKS, MediaDays
from ml_assets.mmm.baseline import SEASON_DAYS, TENTATIVE_SEASON_DAYS
from ml_assets.mmm.gates import GateResult, Outcome
from ml_assets.sentences import Sentence

__all__ = [
    "GATES",
    "GateResult",
    "Outcome",
    "baseline_not_negative",
    "certain_enough",
    "enough_media_history",
    "has_media_spend",
    "mix_better_than_naive",
    "mix_converged",
    "stable_returns",
    "within_observed_spend",
]

GATES: Final = (
    "has_media_spend",
    "enough_media_history",
    "mix_converged",
    "baseline_not_negative",
    "mix_better_than_naive",
    "certain_enough",
    "within_observed_spend",
    "stable_returns",
    "distinct_channels",
    "quiet_residuals",
    "spend_not_set_by_sales",
    "experiments_agree",
    "total_not_from_prior",
    "channels_steady",
    "no_unusual_periods",
    "published_rows_in_range",
)

_SHORTEST_DAYS: Final = 365
# Share of days on which less than nothing would have been sold without advertising.
_NEGATIVE_BLOCKS, _NEGATIVE_WARNS = 0.05, 0.0
_NAIVE_BLOCKS, _NAIVE_WARNS = 1.25, 1.0
# Upper end of what all channels brought, in multiples of its lower end.
_SPREAD_BLOCKS, _SPREAD_WARNS = 20.0, 4.0


def has_media_spend(media: MediaDays) -> GateResult:
    """Without a channel that costs money there is nothing to fit, which is no error."""
    count = len(media.channels)
    if not count:
        message = Sentence(
            "has_media_spend.none",
            "No channel with a known cost: there is no media mix. Connect an "
            "advertising account, or a file of costs (timonel connect --help).",
        )
        return GateResult("has_media_spend", "warned", 0, 1, message)
    if media.unconverted_count:
        message = Sentence(
            "has_media_spend.unconverted",
            "{days} campaign days have no currency rate, and their spend is left out. "
            "Connect ecb-rates or load a file of rates (docs/runbook.md).",
            days=media.unconverted_count,
        )
        return GateResult("has_media_spend", "warned", count, 1, message)
    message = Sentence(
        "has_media_spend.passed",
        "{channels} channels with a known cost.",
        channels=count,
    )
    return GateResult("has_media_spend", "passed", count, 1, message)


def enough_media_history(media: MediaDays) -> GateResult:
    """A year, else nothing is fitted; two, else the season is none or a guess (X15)."""
    gate, days = "enough_media_history", media.days
    unknown = media.left_out.get(CLICKS)
    if days < _SHORTEST_DAYS:
        message = Sentence(
            "enough_media_history.short",
            "{days} days on which both orders and spend are known: below {least} a "
            "season cannot be told from advertising, and there is no media mix. Load "
            "older days, or wait.",
            days=days,
            least=_SHORTEST_DAYS,
        )
        return GateResult(gate, "warned", days, _SHORTEST_DAYS, message)
    if days < SEASON_DAYS:
        message = _short_season(days)
        if unknown is not None:
            message = Sentence(
                "enough_media_history.one_year_without_clicks",
                "{seen} Search clicks are known on {share:.0%} of them, and left out: "
                "advertising may be credited with what people searched for.",
                seen=message,
                share=unknown,
            )
        return GateResult(gate, "warned", days, SEASON_DAYS, message)
    if unknown is not None:
        message = Sentence(
            "enough_media_history.without_clicks",
            "{days} days, on {share:.0%} of which search clicks are known: too few to "
            "tell what people searched for from what advertising brought, so that they "
            "are left out. Load older days of Search Console, or wait.",
            days=days,
            share=unknown,
        )
        return GateResult(gate, "warned", days, SEASON_DAYS, message)
    message = Sentence("enough_media_history.passed", "{days} days.", days=days)
    return GateResult(gate, "passed", days, SEASON_DAYS, message)


def _short_season(days: int) -> Sentence:
    """What the engine does with the season of a history that is too short for one."""
    if days < TENTATIVE_SEASON_DAYS:
        return Sentence(
            "enough_media_history.one_year",
            "{days} days: one year holds one Christmas. Below {least} days only the "
            "events of the calendar are taken out, no yearly season.",
            **{"days": days, "least": TENTATIVE_SEASON_DAYS},
        )
    return Sentence(
        "enough_media_history.short_season",
        "{days} days: below {least} the yearly season is a guess that is held small.",
        **{"days": days, "least": SEASON_DAYS},
    )


def mix_converged(status: str, reason: Sentence | None) -> GateResult:
    """Block what no maximum was found for, or where chains disagree: no result."""
    gate = "mix_converged"
    if status == "fitted":
        message = Sentence("mix_converged.passed", "The fit converged.")
        return GateResult(gate, "passed", None, None, message)
    told = Sentence("mix_converged.status", "The fit is {status}.", status=status)
    return GateResult(gate, "blocked", None, None, reason or told)


def baseline_not_negative(baseline: pd.Series) -> GateResult:
    """What would have been sold anyway is not below nothing.

    Parameters
    ----------
    baseline : Series
        Everything but the channels, by day.
    """
    gate = "baseline_not_negative"
    share = float((baseline < 0).mean())
    if share <= _NEGATIVE_WARNS:
        message = Sentence("baseline_not_negative.passed", "It never is.")
        return GateResult(gate, "passed", share, _NEGATIVE_BLOCKS, message)
    outcome: Outcome = "blocked" if share > _NEGATIVE_BLOCKS else "warned"
    message = Sentence(
        "baseline_not_negative.blocked",
        "On {share:.1%} of the days less than nothing would have been sold without "
        "advertising: the channels are credited with more than there was. Look for "
        "days without orders, or events that the calendar lacks.",
        share=share,
    )
    return GateResult(gate, outcome, share, _NEGATIVE_BLOCKS, message)


def mix_better_than_naive(backtests: pd.DataFrame) -> GateResult:
    """Beside the 13 weeks before, or the same weeks a year before, going on.

    Chance moves the weeks of a small shop more than any model knows, so that it blocks
    only where both the weeks and their total were told clearly worse.

    Parameters
    ----------
    backtests : DataFrame
        `mape`, `bias`, `naive_mape` and `naive_bias`, a row per origin; none before
        there is history for one.
    """
    gate = "mix_better_than_naive"
    if backtests.empty:
        message = Sentence(
            "mix_better_than_naive.short", "Not enough history to hold 13 weeks out."
        )
        return GateResult(gate, "warned", None, _NAIVE_BLOCKS, message)
    weeks, naive = backtests["mape"].mean(), backtests["naive_mape"].mean()
    total, naive_total = backtests[["bias", "naive_bias"]].abs().mean()
    ratio = float(weeks / naive) if naive > 0 else np.inf
    said = Sentence(
        "mix_better_than_naive.seen",
        "13 weeks held out, from {origins} origins: off by {weeks:.1%} a week and "
        "{total:.1%} in all; the past going on by {naive:.1%} and {naive_total:.1%}.",
        origins=len(backtests),
        weeks=weeks,
        total=total,
        naive=naive,
        naive_total=naive_total,
    )
    if ratio <= _NAIVE_WARNS:
        return GateResult(gate, "passed", ratio, _NAIVE_BLOCKS, said)
    is_worse = ratio > _NAIVE_BLOCKS and total > naive_total
    outcome: Outcome = "blocked" if is_worse else "warned"
    return GateResult(gate, outcome, ratio, _NAIVE_BLOCKS, said)


def certain_enough(lower: float, upper: float, advice: str = "") -> GateResult:
    """The 90 % interval of what all channels brought together says something.

    `advice` is what would make it narrower.
    """
    gate = "certain_enough"
    spread = upper / lower if lower > 0 else np.inf
    said = Sentence(
        "certain_enough.passed",
        "All channels together brought sales of between {lower:,.0f} and {upper:,.0f}, "
        "in the company's currency (90 %).",
        lower=lower,
        upper=upper,
    )
    if spread <= _SPREAD_WARNS:
        return GateResult(gate, "passed", spread, _SPREAD_BLOCKS, said)
    message = Sentence(
        "certain_enough.doubtful",
        "{said} {advice} Or enter an experiment: timonel media lift-test.",
        said=said,
        advice=advice,
    )
    outcome: Outcome = "blocked" if spread > _SPREAD_BLOCKS else "warned"
    observed = spread if np.isfinite(spread) else None
    return GateResult(gate, outcome, observed, _SPREAD_BLOCKS, message)


def within_observed_spend(points: pd.DataFrame) -> GateResult:
    """Nothing is recommended that was never tried, or it is said.

    Parameters
    ----------
    points : DataFrame
        The recommended plan: `channel_id`, `projected_spend`, `largest_spend`.
    """
    gate = "within_observed_spend"
    beyond = points[points["projected_spend"] > points["largest_spend"]]
    if beyond.empty:
        message = Sentence(
            "within_observed_spend.passed", "Every recommended spend was tried before."
        )
        return GateResult(gate, "passed", 0, 0, message)
    message = Sentence(
        "within_observed_spend.beyond",
        "{channels:, }: more is recommended than was ever spent in a day, and what it "
        "brings there is a guess. Go there in steps.",
        channels=beyond["channel_id"].tolist(),
    )
    return GateResult(gate, "warned", len(beyond), 0, message)


def stable_returns(now: pd.DataFrame, before: pd.DataFrame) -> GateResult:
    """Returns that leave the interval published last are named.

    Parameters
    ----------
    now, before : DataFrame
        `channel_id`, `current_roi`, `current_roi_lower`, `current_roi_upper`.
    """
    gate = "stable_returns"
    both = now.merge(before, on="channel_id", suffixes=("", "_before"))
    both = both.dropna(subset=["current_roi", "current_roi_before"])
    if both.empty:
        message = Sentence("stable_returns.first", "There is no earlier mix.")
        return GateResult(gate, "passed", None, 0, message)
    is_moved = (both["current_roi"] < both["current_roi_lower_before"]) | (
        both["current_roi"] > both["current_roi_upper_before"]
    )
    if not is_moved.any():
        message = Sentence(
            "stable_returns.passed",
            "Every return is inside the interval published last.",
        )
        return GateResult(gate, "passed", 0, 0, message)
    moved = both[is_moved]
    message = Sentence(
        "stable_returns.moved",
        "Returns left the interval published last: {moves:, }. What was loaded since?",
        moves=[
            Sentence(
                "stable_returns.move",
                "{channel} from {before:.2f} to {now:.2f}",
                channel=row.channel_id,
                before=row.current_roi_before,
                now=row.current_roi,
            )
            for row in moved.itertuples()
        ],
    )
    return GateResult(gate, "warned", len(moved), 0, message)
