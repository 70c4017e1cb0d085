"""Whether a company lets coupons be made, and up to what: off until it says so."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from psycopg.rows import class_row

from orchestration.lib.activation.audiences.destination_programs import place_program
from orchestration.lib.activation.audiences.destinations import (
    configuration,
    switched_on,
)
from orchestration.lib.activation.coupons.coupon_records import open_uses
from orchestration.lib.activation.coupons.refusals import CouponRefused
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import connect

__all__ = ["Allowance", "allow", "allowance", "check_limits", "forbid"]


@dataclass(frozen=True)
class Allowance:
    """The limits of one company.

    Parameters
    ----------
    max_percent
        The most that a coupon may take off, in percent.
    max_uses
        The most uses that all coupons together may have that are not over.
    needs_approval
        Whether each waits until somebody approves it on the command line.
    """

    company_id: str
    max_percent: Decimal
    max_uses: int
    needs_approval: bool
    changed_by: str


def allowance(url: str, company_id: str) -> Allowance:
    """The limits in force.

    Raises
    ------
    CouponRefused
        Nobody allowed coupons.
    """
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(Allowance))
        found = cursor.execute(
            """select company_id, max_percent, max_uses, needs_approval, changed_by
            from ops.coupon_allowances where company_id = %s and is_switched_on""",
            (company_id,),
        ).fetchone()
    if found is None:
        raise CouponRefused("switched_off", company=company_id)
    return found


def allow(url: str, settings: Settings, asked: Allowance) -> str:
    """Allow coupons within limits, if the shop lets us make them; the shop's name.

    Raises
    ------
    NotSwitchedOn
        Customers of the shop may not be tagged, which says who may use a coupon.
    PlaceFailed
        The shop does not answer.
    CouponRefused
        A limit is out of range, or the app lacks an access scope.
    """
    if not 0 < asked.max_percent <= 100 or asked.max_uses < 1:
        raise CouponRefused("limits_out_of_range")
    shop = switched_on(url, asked.company_id, "shopify")
    config, secrets = configuration(url, settings, shop)
    told_to = {**config, "place": "coupons"}
    with place_program(told_to, secrets, lambda _: None) as program:
        told = program.ask("check")
    if told["missing"]:
        missing = ", ".join(told["missing"])
        raise CouponRefused("scope_missing", shop=str(told["account"]), scopes=missing)
    with connect(url, "orchestrator") as database:
        database.execute(
            """insert into ops.coupon_allowances (company_id, is_switched_on,
                max_percent, max_uses, needs_approval, changed_by)
            values (%s, true, %s, %s, %s, %s)
            on conflict (company_id) do update set
                is_switched_on = true,
                max_percent = excluded.max_percent,
                max_uses = excluded.max_uses,
                needs_approval = excluded.needs_approval,
                changed_by = excluded.changed_by,
                changed_at = now()""",
            (
                *(asked.company_id, asked.max_percent, asked.max_uses),
                *(asked.needs_approval, asked.changed_by),
            ),
        )
    return str(told["account"])


def forbid(url: str, company_id: str, changed_by: str) -> bool:
    """Let no more coupons be made; those of the shop stay. False if it was so."""
    with connect(url, "orchestrator") as database:
        changed = database.execute(
            """update ops.coupon_allowances
            set is_switched_on = false, changed_by = %s, changed_at = now()
            where company_id = %s and is_switched_on""",
            (changed_by, company_id),
        )
        return bool(changed.rowcount)


def check_limits(
    url: str,
    limits: Allowance,
    percent: Decimal,
    uses: int,
    but: uuid.UUID | None = None,
) -> None:
    """Whether a coupon is within the limits, beside all others that are not over.

    Parameters
    ----------
    but
        The coupon itself, if it was written already.

    Raises
    ------
    CouponRefused
    """
    if percent > limits.max_percent:
        raise CouponRefused(
            "too_high",
            percent=f"{percent.normalize():f}",
            limit=f"{limits.max_percent.normalize():f}",
            company=limits.company_id,
        )
    already = open_uses(url, limits.company_id, datetime.now(UTC), but)
    if already + uses > limits.max_uses:
        raise CouponRefused(
            "too_many",
            uses=str(uses),
            open=str(already),
            limit=str(limits.max_uses),
            company=limits.company_id,
        )
