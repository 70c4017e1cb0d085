"""The two conversion actions of every account, and what they claim."""

from dataclasses import dataclass
from typing import Any, Final

from sandbox.simulation.records import AdConversions, AdDay

__all__ = ["CONVERSION_ACTIONS", "Claim", "ConversionAction", "claimed"]

_CLICKS_PER_SIGN_UP: Final = 20
_NOTHING: Final = AdConversions(0, 0)


@dataclass(frozen=True)
class ConversionAction:
    """Something a visitor does that the account counts.

    A primary action is in `metrics.conversions`; every action is in
    `metrics.all_conversions`.
    """

    id: str
    name: str
    category: str
    is_primary: bool
    lookback_days: int

    def resource_name(self, customer_id: str) -> str:
        """How other resources refer to it."""
        return f"customers/{customer_id}/conversionActions/{self.id}"

    def attributes(self, customer_id: str) -> dict[str, Any]:
        """Its fields by GAQL name."""
        return {
            "conversion_action.resource_name": self.resource_name(customer_id),
            "conversion_action.id": int(self.id),
            "conversion_action.name": self.name,
            "conversion_action.status": "ENABLED",
            "conversion_action.type": "WEBPAGE",
            "conversion_action.category": self.category,
            "conversion_action.primary_for_goal": self.is_primary,
            "conversion_action.counting_type": "MANY_PER_CLICK",
            "conversion_action.click_through_lookback_window_days": self.lookback_days,
            "conversion_action.view_through_lookback_window_days": 1,
        }


@dataclass(frozen=True)
class Claim:
    """What an action claims for one ad's day; `value` in units of the currency."""

    count: float
    value: float
    view_through: int


CONVERSION_ACTIONS: Final = (
    ConversionAction("71001", "Compra", "PURCHASE", True, 30),
    ConversionAction("71002", "Alta en el boletín", "SIGNUP", False, 7),
)


def claimed(action: ConversionAction, day: AdDay) -> Claim:
    """Purchases as the platform tells them; sign-ups as a fixed share of clicks."""
    if not action.is_primary:
        return Claim(day.clicks // _CLICKS_PER_SIGN_UP, 0.0, 0)
    clicked = day.conversions.get("30d_click", _NOTHING)
    viewed = day.conversions.get("1d_view", _NOTHING)
    value = clicked.value_minor / 10**day.exponent
    return Claim(clicked.count, value, viewed.count)
