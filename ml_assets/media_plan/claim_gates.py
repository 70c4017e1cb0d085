"""Gates against claims that sound sure and are wrong (decision 0098)."""

from collections.abc import Iterator, Sequence
from typing import Final

from ml_assets.mmm import LiftTest
from ml_assets.mmm.fitted_mix import FittedMix
from ml_assets.mmm.gates import GateResult, Outcome
from ml_assets.mmm.identifiability import advise
from ml_assets.mmm.lift_conflicts import (
    Conflict,
    conflicts_with_each_other,
    conflicts_with_mix,
)
from ml_assets.mmm.policy import Policy
from ml_assets.mmm.steadiness import Unsteady, unsteady_channels
from ml_assets.mmm.total_share import total_share
from ml_assets.mmm.unusual import Unusual
from ml_assets.sentences import Sentence

__all__ = [
    "channels_steady",
    "claim_gates",
    "experiments_agree",
    "no_unusual_periods",
    "spend_not_set_by_sales",
    "total_not_from_prior",
]

# How much of the doubt before any data may be left of the total.
_PRIOR_BLOCKS, _PRIOR_WARNS = 0.8, 0.5
# Standard errors between two answers to one question.
_APART_BLOCKS, _APART_WARNS = 4.0, 2.0
_FACTOR_BLOCKS: Final = 2.0
_LISTED: Final = 3


def claim_gates(
    mix: FittedMix,
    alone: FittedMix,
    tests: Sequence[LiftTest],
    policies: Sequence[Policy],
) -> Iterator[GateResult]:
    """What keeps a mix from claiming too much.

    `alone` is it without experiments, `policies` by which sales set spend.
    """
    yield spend_not_set_by_sales(mix, policies, tests)
    yield experiments_agree(alone, tests, policies)
    yield total_not_from_prior(mix)
    yield channels_steady(mix)


def spend_not_set_by_sales(
    mix: FittedMix, policies: Sequence[Policy], tests: Sequence[LiftTest]
) -> GateResult:
    """Block while a channel's budget follows sales, unless an experiment says more.

    Observed is the number of such channels.
    """
    gate = "spend_not_set_by_sales"
    if not policies:
        message = Sentence(
            "spend_not_set_by_sales.passed",
            "No channel's spend follows the sales before it.",
        )
        return GateResult(gate, "passed", 0, 0, message)
    tested = {test.channel for test in tests}
    said = [_policy(policy) for policy in policies]
    unknown = [policy.channel for policy in policies if policy.channel not in tested]
    if not unknown:
        message = Sentence(
            "spend_not_set_by_sales.tested",
            "{policies: } What it brings rests on the experiment alone.",
            policies=said,
        )
        return GateResult(gate, "warned", len(policies), 0, message)
    message = Sentence(
        "spend_not_set_by_sales.blocked",
        "{policies: } Cause and effect cannot be told apart. {advice: }",
        policies=said,
        advice=[_by_date(mix, channel) for channel in unknown],
    )
    return GateResult(gate, "blocked", len(policies), 0, message)


def total_not_from_prior(mix: FittedMix) -> GateResult:
    """Compare what is known of the total of all channels with what was supposed.

    Observed is the share of the doubt before any data that they have left.
    """
    gate, total = "total_not_from_prior", total_share(mix)
    left = total.doubt_left
    message = Sentence(
        "total_not_from_prior.seen",
        "All channels together brought {mean:.0%} of sales, give or take {sd:.0%}; "
        "before any data it was {prior:.0%}, give or take {prior_sd:.0%}.",
        mean=total.mean,
        sd=total.sd,
        prior=total.prior,
        prior_sd=total.prior_sd,
    )
    if left <= _PRIOR_WARNS:
        return GateResult(gate, "passed", left, _PRIOR_BLOCKS, message)
    outcome: Outcome = "blocked" if left > _PRIOR_BLOCKS else "warned"
    message = Sentence(
        "total_not_from_prior.blocked",
        "{seen} The data hardly say: put small channels together, or switch several "
        "off for some weeks and enter what that showed.",
        seen=message,
    )
    return GateResult(gate, outcome, left, _PRIOR_BLOCKS, message)


def channels_steady(mix: FittedMix) -> GateResult:
    """Block where a channel's effect fell by half or its spend is missing in the table.

    One that grew, or that lowers sales, is told: the mix promises less of it than there
    is, or next to nothing. Observed is the number of channels.
    """
    gate, found = "channels_steady", unsteady_channels(mix)
    if not found:
        message = Sentence(
            "channels_steady.passed", "Every channel did the same all along."
        )
        return GateResult(gate, "passed", 0, 0, message)
    promises = any(
        one.kind == "lost" or (one.kind == "change" and one.share < 1) for one in found
    )
    outcome: Outcome = "blocked" if promises else "warned"
    said = [_unsteady(mix, one) for one in found]
    message = Sentence("channels_steady.blocked", "{found: }", found=said)
    return GateResult(gate, outcome, len(found), 0, message)


def no_unusual_periods(dates: Sequence[str], unusual: Sequence[Unusual]) -> GateResult:
    """Tell the periods that were taken out because of what was sold in them."""
    gate = "no_unusual_periods"
    if not unusual:
        message = Sentence(
            "no_unusual_periods.passed", "No period sold many times the usual."
        )
        return GateResult(gate, "passed", 0, 0, message)
    message = Sentence(
        "no_unusual_periods.warned",
        "Nothing is learned from {count} periods of unusual sales: {listed:, }. Is it "
        "a mistake? Else name what happened as an event of the calendar.",
        count=len(unusual),
        listed=[
            Sentence(
                "no_unusual_periods.period",
                "{date} ({times:.0f} times the usual)",
                date=date,
                times=one.times,
            )
            for date, one in list(zip(dates, unusual, strict=True))[:_LISTED]
        ],
    )
    return GateResult(gate, "warned", len(unusual), 0, message)


def experiments_agree(
    alone: FittedMix, tests: Sequence[LiftTest], policies: Sequence[Policy]
) -> GateResult:
    """Say by how much experiments differ from the mix without them, and each other.

    Channels whose spend follows sales are left out of the first: there the mix errs.

    Parameters
    ----------
    alone : FittedMix
        Fitted without any experiment.
    """
    gate = "experiments_agree"
    followed = {policy.channel for policy in policies}
    among = conflicts_with_each_other(alone, tests)
    found = among + [
        one
        for one in conflicts_with_mix(alone, tests)
        if one.test.channel not in followed
    ]
    worst = max((abs(one.apart) for one in found), default=0.0)
    if worst <= _APART_WARNS:
        message = Sentence(
            "experiments_agree.passed",
            "{count} experiments, none against the rest.",
            count=len(tests),
        )
        return GateResult(gate, "passed", worst, _APART_BLOCKS, message)
    is_impossible = any(
        abs(one.apart) > _APART_BLOCKS and _far_apart(one) for one in found
    )
    outcome: Outcome = "blocked" if is_impossible else "warned"
    message = Sentence(
        "experiments_agree.blocked",
        "{conflicts: } One of the two is wrong: look at its days, unit and error.",
        conflicts=[_conflict(one) for one in found if abs(one.apart) > _APART_WARNS],
    )
    return GateResult(gate, outcome, worst, _APART_BLOCKS, message)


def _far_apart(conflict: Conflict) -> bool:
    """By a factor: a mix that errs by less is what experiments are there to mend."""
    low, high = sorted((conflict.test.lift, conflict.expected))
    return high > _FACTOR_BLOCKS * low


def _by_date(mix: FittedMix, channel: str) -> Sentence:
    return Sentence(
        "spend_not_set_by_sales.by_date",
        "{advice} Do it by date, whatever is sold, and enter what it brought: timonel "
        "media lift-test.",
        advice=advise(mix, channel).sentence,
    )


def _unsteady(mix: FittedMix, one: Unsteady) -> Sentence:
    if one.position is None:
        return Sentence(
            "channels_steady.lowers",
            "{channel}: less was sold where more was spent ({strength:.1f} standard "
            "errors). What moves against it is missing as a control, or it does harm.",
            channel=one.channel,
            strength=one.strength,
        )
    date = mix.series.dates[one.position].item()
    if one.kind == "lost":
        return Sentence(
            "channels_steady.lost",
            "{channel}: from {date} on nothing was spent by the table, and {share:.0%} "
            "of what it usually brings was sold all the same ({strength:.1f} standard "
            "errors). Is its spend of these days lost? Load it.",
            channel=one.channel,
            date=date,
            share=one.share,
            strength=one.strength,
        )
    return Sentence(
        "channels_steady.change",
        "{channel}: around {date} its effect changed to {share:.1f} times what it was "
        "({strength:.1f} standard errors); one curve for all days is neither. Look for "
        "what changed there, and name it as a control.",
        channel=one.channel,
        date=date,
        share=one.share,
        strength=one.strength,
    )


def _policy(policy: Policy) -> Sentence:
    when = Sentence("spend_not_set_by_sales.same_days", "the same days")
    if policy.is_before:
        when = Sentence(
            "spend_not_set_by_sales.before", "the {days} days before", days=policy.days
        )
    return Sentence(
        "spend_not_set_by_sales.policy",
        "{channel}: its spend follows the sales of {when} (about {share:.0%} of them; "
        "1 % more sold, {elasticity:.1f} % more spent).",
        channel=policy.channel,
        when=when,
        share=policy.share,
        elasticity=policy.elasticity,
    )


def _conflict(conflict: Conflict) -> Sentence:
    test = conflict.test
    against = Sentence("experiments_agree.mix", "the mix without experiments")
    if conflict.other is not None:
        against = Sentence(
            "experiments_agree.other",
            "that of {start} for as much spend",
            start=conflict.other.start,
        )
    return Sentence(
        "experiments_agree.conflict",
        "{channel}, {start} to {end}: measured {lift:,.0f}, {against} says "
        "{expected:,.0f}, {apart:.1f} standard errors away.",
        channel=test.channel,
        start=test.start,
        end=test.end,
        lift=test.lift,
        against=against,
        expected=conflict.expected,
        apart=abs(conflict.apart),
    )
