"""What each channel may get in a scenario: the mix's limits, and what somebody asks."""

from typing import Final

import numpy as np
import numpy.typing as npt

from ml_assets.media_plan.published_mix import PublishedMix
from ml_assets.media_plan.scenario_requests import ScenarioRefused, ScenarioRequest

__all__ = ["spend_limits"]

Floats = npt.NDArray[np.float64]

# Of an amount: what is lost when it is stored and read again.
_EXACT: Final = 1e-6


def spend_limits(
    mix: PublishedMix, request: ScenarioRequest, total: float | None
) -> tuple[Floats, Floats]:
    """Least and most of each channel; never more than was ever spent in as many days.

    Without a budget, a channel that is not named goes on as now. With one, it keeps the
    limits of the mix, of which a least gives way where the budget is too small for it.
    """
    told = {_channel(mix, name): bound for name, bound in request.bounds.items()}
    observed = mix.largest_spend * request.days
    low, high = np.zeros_like(observed), observed.copy()
    if total is not None and mix.least is not None and mix.most is not None:
        low, high = mix.least * request.days, mix.most * request.days
    firm = np.zeros_like(observed)
    for position, name in enumerate(mix.channels):
        bound = told.get(name)
        if bound is None:
            continue
        least = bound.minimum or 0.0
        if least > observed[position] * (1 + _EXACT):
            raise ScenarioRefused(
                "beyond_observed",
                field=name,
                value=_money(least),
                limit=_money(observed[position]),
            )
        firm[position] = low[position] = min(least, observed[position])
        most = observed[position] if bound.maximum is None else bound.maximum
        high[position] = max(low[position], min(most, observed[position]))
    if total is not None:
        low = _affordable(low, firm, total)
        if total > high.sum() * (1 + _EXACT) and len(told) == len(mix.channels):
            raise ScenarioRefused(
                "above_maxima", value=_money(total), limit=_money(high.sum())
            )
    return low, high


def _affordable(low: Floats, firm: Floats, total: float) -> Floats:
    """The least amounts, those nobody asked for cut alike until they fit the total."""
    if firm.sum() > total * (1 + _EXACT):
        raise ScenarioRefused(
            "below_minima", value=_money(total), limit=f"{np.ceil(firm.sum()):,.0f}"
        )
    usual = low - firm
    left = max(0.0, total - float(firm.sum()))
    return firm + usual * min(1.0, left / max(float(usual.sum()), 1e-300))


def _channel(mix: PublishedMix, name: str) -> str:
    """The channel that is meant: `meta` for meta_ads, if no other begins so."""
    if name in mix.channels:
        return name
    found = [one for one in mix.channels if one.startswith(f"{name}_")]
    if len(found) != 1:
        raise ScenarioRefused(
            "channel_unknown", value=name[:40], known=", ".join(mix.channels)
        )
    return found[0]


def _money(amount: float) -> str:
    # Cut, not rounded: who asks for what is told here is not refused again.
    return f"{np.floor(amount):,.0f}"
