"""Whether the queue works: accounts acted on beside those that were only watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from ml_assets.measurement.shares import newcombe_interval
from ml_assets.sentences import Sentence
from ml_assets.subscriptions.grading import Estimate, Z, share
from ml_assets.subscriptions.queue_waits import Side, says_too_early
from ml_assets.subscriptions.reading import Bools

__all__ = ["CALM_DAYS", "FEWEST_OF_A_SIDE", "LEFT_DAYS", "Effect", "effect_of"]

CALM_DAYS: Final = 28
"""Days after which a look is taken whether nothing is raised any more."""
LEFT_DAYS: Final = 90
"""Days within which an account may leave."""
FEWEST_OF_A_SIDE: Final = 30

Status = Literal["too_early", "cannot_tell", "helps", "harms"]


@dataclass(frozen=True)
class Effect:
    """What happened to both sides of the lot, by intention to treat.

    ``difference`` is the share of those acted on less that of those watched, with
    Newcombe's interval of 95 %; NaN while a side has fewer than 30.
    """

    acted_count: int
    acted_hit_count: int
    acted: Estimate
    watched_count: int
    watched_hit_count: int
    watched: Estimate
    difference: Estimate
    status: Status
    verdict: Sentence


def effect_of(
    happened: Bools,
    is_watched: Bools,
    *,
    is_good: bool,
    waiting: tuple[Side, Side] | None = None,
) -> Effect:
    """Hold those acted on against those only watched.

    Parameters
    ----------
    happened, is_watched
        Shape (n,), of entries whose window is over, drawn anew by their own lot.
    is_good
        Whether it is meant to happen more often to those acted on.
    waiting
        Of those acted on and of those watched, whose windows end when; None of nobody.
    """
    sides = [happened[~is_watched], happened[is_watched]]
    counts = [int(side.size) for side in sides]
    hits = [int(side.sum()) for side in sides]
    shares = [share(hit, count) for hit, count in zip(hits, counts, strict=True)]
    status: Status = "too_early"
    difference = Estimate(np.nan, np.nan, np.nan)
    if min(counts) >= FEWEST_OF_A_SIDE:
        difference = _difference(shares, counts)
        status = _status(difference, is_good=is_good)
    return Effect(
        acted_count=counts[0],
        acted_hit_count=hits[0],
        acted=shares[0],
        watched_count=counts[1],
        watched_hit_count=hits[1],
        watched=shares[1],
        difference=difference,
        status=status,
        verdict=_verdict(status, waiting or _nobody(counts), difference),
    )


def _difference(shares: list[Estimate], counts: list[int]) -> Estimate:
    acted, watched = (one.value for one in shares)
    lower, upper = newcombe_interval(acted, counts[0], watched, counts[1], Z)
    return Estimate(acted - watched, float(lower), float(upper))


def _status(difference: Estimate, *, is_good: bool) -> Status:
    if difference.lower <= 0 <= difference.upper:
        return "cannot_tell"
    return "helps" if (difference.lower > 0) == is_good else "harms"


def _nobody(counts: list[int]) -> tuple[Side, Side]:
    return Side(counts[0], ()), Side(counts[1], ())


def _verdict(
    status: Status, sides: tuple[Side, Side], difference: Estimate
) -> Sentence:
    if status == "too_early":
        return says_too_early(*sides, FEWEST_OF_A_SIDE)
    facts = {
        "lower": 100 * difference.lower,
        "upper": 100 * difference.upper,
    }
    if status == "cannot_tell":
        return Sentence(
            "queue.cannot_tell",
            "Cannot be told: the difference lies between {lower:+.1f} and {upper:+.1f} "
            "points.",
            **facts,
        )
    if status == "helps":
        return Sentence(
            "queue.helps",
            "Acting helps: by {lower:+.1f} to {upper:+.1f} points.",
            **facts,
        )
    return Sentence(
        "queue.harms",
        "Acting does harm: by {lower:+.1f} to {upper:+.1f} points.",
        **facts,
    )
