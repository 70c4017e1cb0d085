"""What the owner of the example shop did and does: a message, an audience, a coupon."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from orchestration.cli.console import step
from orchestration.lib.activation.audiences.destinations import (
    SwitchOn,
    store_destination,
)
from orchestration.lib.activation.audiences.imports import SentBefore, import_audience
from orchestration.lib.activation.audiences.membership import (
    AudienceRequest,
    build_audience,
    list_audiences,
)
from orchestration.lib.activation.audiences.pushes import PushRequest, push_audience
from orchestration.lib.activation.coupons.allowances import Allowance, allow
from orchestration.lib.activation.coupons.coupon_records import list_coupons
from orchestration.lib.activation.coupons.issuance import COUPON, coupon_handler
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import Sandbox
from orchestration.lib.reporting.action_answers import answer_waiting
from orchestration.lib.reporting.action_requests import add_request
from orchestration.lib.tenancy.companies import Company

if TYPE_CHECKING:
    from orchestration.cli.refresh import Refresher

__all__ = ["tell_of_campaign", "write_to_customers"]

_BY = "demo"
_RESCUE = "Rescate VIP"
_WRITING = ("write_customers", "write_discounts")


def tell_of_campaign(
    url: str,
    refresher: Refresher,
    company: Company,
    day: date,
    campaign: dict[str, Any],
) -> None:
    """Import the message that the sandbox sent weeks ago, and measure it; once.

    As `timonel audience import` and a run would.

    Parameters
    ----------
    campaign
        Of the sandbox's truth: what its sender knows.
    """
    if _has(url, company, campaign["name"]):
        return
    lots = ((campaign["written"], False), (campaign["kept_back"], True))
    recipients = {email: is_kept for emails, is_kept in lots for email in emails}
    sent_on = date.fromisoformat(campaign["sent_on"])
    with step(f"Importing the message of {sent_on}"):
        sent = SentBefore(campaign["name"], sent_on, recipients, _BY)
        import_audience(url, company, sent)
    uplifts = "predictions/audience_uplifts"
    refresher.materialise_selection(company, day, uplifts, None)


def write_to_customers(
    url: str, settings: Settings, sandbox: Sandbox, company: Company
) -> None:
    """Build an audience, give it to the shop, and make its coupon; once.

    As `timonel audience` and `timonel coupon` would. What was begun is gone on with.
    """
    company_id = company.company_id
    if list_coupons(url, company_id):
        return
    with step("Writing to customers at risk, with a coupon") as log:
        sandbox.allow(company_id, "shopify", _WRITING)
        store_destination(url, settings, SwitchOn(company_id, "shopify", _BY))
        if not _has(url, company, _RESCUE):
            kept_back = Decimal("0.2")
            build_audience(
                url,
                AudienceRequest(company_id, _RESCUE, "vip_at_risk", _BY, kept_back),
            )
        push = PushRequest(company_id, _RESCUE, "shopify", _BY)
        push_audience(url, settings, push, log)
        allow(url, settings, Allowance(company_id, Decimal(15), 500, False, _BY))
        asked = {"audience": _RESCUE, "percent": "10", "days": 14}
        add_request(url, company_id, COUPON, asked, f"{_BY}:{_RESCUE}", _BY)
        answer_waiting(url, company_id, coupon_handler(settings, log))


def _has(url: str, company: Company, name: str) -> bool:
    return any(one.name == name for one in list_audiences(url, company.company_id))
