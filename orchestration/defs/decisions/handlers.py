"""Who answers what readers ask for: one handler for each kind of request."""

from collections.abc import Mapping

from ml_assets.assets.scenarios import SCENARIO_HANDLER
from orchestration.lib.activation.coupons.issuance import coupon_handler
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.action_answers import Handler
from orchestration.lib.reporting.answer_requests import ANSWER_HANDLER

__all__ = ["handlers_by_kind"]


def handlers_by_kind(settings: Settings) -> Mapping[str, Handler]:
    """All kinds that can be asked for; a new kind is a new entry."""
    handlers = (
        SCENARIO_HANDLER,
        ANSWER_HANDLER,
        coupon_handler(settings, lambda _: None),
    )
    return {handler.kind: handler for handler in handlers}
