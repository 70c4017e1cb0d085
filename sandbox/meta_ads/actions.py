"""The `actions` and `action_values` of a row: overlapping types, by window."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from sandbox.meta_ads.errors import invalid_parameter
from sandbox.meta_ads.sums import Sums

__all__ = ["action_values", "actions", "checked_windows", "money"]

WINDOWS: Final = ("1d_click", "7d_click", "28d_click", "1d_view")
_ACCEPTED: Final = (*WINDOWS, "1d_ev", "dda", "default")
_DEAD: Final = ("7d_view", "28d_view")
_CLICK_WINDOWS: Final = WINDOWS[:3]
_DEFAULT_WINDOWS: Final = ("7d_click", "1d_view")
# The same purchases under each of their names: whoever adds these up counts thrice.
_PURCHASES: Final = (
    "purchase",
    "omni_purchase",
    "offsite_conversion.fb_pixel_purchase",
)


def checked_windows(asked: Sequence[str]) -> tuple[str, ...]:
    """The windows that get a key of their own.

    7d_view and 28d_view are taken without complaint and, since 2026-01, without
    effect.

    Raises
    ------
    GraphError
        For a window that never was one.
    """
    for number, window in enumerate(asked):
        if window not in (*_ACCEPTED, *_DEAD):
            raise invalid_parameter(
                f"action_attribution_windows[{number}] must be one of the following "
                f"values: {', '.join(_ACCEPTED)}"
            )
    return tuple(window for window in WINDOWS if window in asked)


def actions(sums: Sums, windows: Iterable[str]) -> list[dict[str, str]]:
    """How often; empty when nothing happened, and then the field is left out."""
    windows = tuple(windows)
    counts = {window: sums.conversions.get(window, (0, 0))[0] for window in WINDOWS}
    found = []
    if sums.inline_link_clicks:
        clicks = dict.fromkeys(_CLICK_WINDOWS, sums.inline_link_clicks)
        found.append(_entry("link_click", sums.inline_link_clicks, clicks, windows))
    total = sum(counts[window] for window in _DEFAULT_WINDOWS)
    if any(counts.values()):
        found += [_entry(name, total, counts, windows) for name in _PURCHASES]
    return found


def action_values(
    sums: Sums, windows: Iterable[str], exponent: int
) -> list[dict[str, str]]:
    """How much, in the account's currency."""
    windows = tuple(windows)
    minor = {window: sums.conversions.get(window, (0, 0))[1] for window in WINDOWS}
    if not any(minor.values()):
        return []
    values = {window: money(value, exponent) for window, value in minor.items()}
    total = money(sum(minor[window] for window in _DEFAULT_WINDOWS), exponent)
    return [_entry(name, total, values, windows) for name in _PURCHASES]


def money(minor: int, exponent: int) -> str:
    """14.35 as "14.35", 60.00 as "60"."""
    amount = Decimal(minor).scaleb(-exponent)
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _entry(
    name: str, total: Any, by_window: dict[str, Any], windows: Sequence[str]
) -> dict[str, str]:
    """A window in which nothing happened has no key."""
    found = {"action_type": name, "value": str(total)}
    for window in windows:
        value = str(by_window.get(window, 0))
        if value != "0":
            found[window] = value
    return found
