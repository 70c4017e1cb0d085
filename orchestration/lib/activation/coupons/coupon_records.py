"""Every coupon that was asked for, and how far it came."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from psycopg.rows import class_row

from orchestration.lib.activation.audiences.push_records import Push
from orchestration.lib.activation.coupons.coupon_requests import CouponRequest
from orchestration.lib.warehouse.database import connect

__all__ = [
    "Coupon",
    "approve_coupon",
    "decline_coupon",
    "fail_coupon",
    "keep_code",
    "keep_coupon",
    "keep_made",
    "list_coupons",
    "open_uses",
]

_CODE_LETTERS = 8


@dataclass(frozen=True)
class Coupon:
    """One coupon. ``state``: waiting for approval, approved, created, failed, declined.

    ``tag`` is what its customers have at the shop. ``starts_at`` and ``ends_at`` are
    set when it is approved.
    """

    company_id: str
    coupon_id: uuid.UUID
    audience_id: uuid.UUID
    audience_name: str
    tag: str
    percent: Decimal
    is_percent_proven: bool
    usage_limit: int
    days: int
    code: str
    state: str
    reason: str | None
    discount_id: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    requested_at: datetime
    requested_by: str
    approved_by: str | None

    @property
    def off(self) -> str:
        """The percentage without zeros at its end."""
        return f"{self.percent.normalize():f}"

    @property
    def title(self) -> str:
        """What the shop calls it: by its end we know that it is ours."""
        return f"{self.audience_name} (timonel {self.coupon_id.hex[:12]})"


def list_coupons(url: str, company_id: str) -> list[Coupon]:
    """The coupons of a company, the newest first."""
    with connect(url, "orchestrator") as database:
        cursor = database.cursor(row_factory=class_row(Coupon))
        return cursor.execute(
            """select coupons.*, audiences.name as audience_name,
                coalesce(pushes.list_id, '') as tag
            from ops.coupons as coupons
            inner join ops.audiences as audiences using (company_id, audience_id)
            left join ops.audience_pushes as pushes
                on pushes.company_id = coupons.company_id
                and pushes.audience_id = coupons.audience_id
                and pushes.destination = 'shopify'
            where coupons.company_id = %s
            order by coupons.requested_at desc, coupons.coupon_id""",
            (company_id,),
        ).fetchall()


def keep_coupon(  # noqa: PLR0913, PLR0917  (one column each)
    url: str,
    push: Push,
    request: CouponRequest,
    percent: Decimal,
    uses: int,
    requested_by: str,
) -> None:
    """Write a coupon that waits, under a code that nobody can guess from another.

    It takes the place of one that was declined.
    """
    coupon_id = uuid.uuid4()
    with connect(url, "orchestrator") as database:
        database.execute(
            """delete from ops.coupons
            where company_id = %s and audience_id = %s and state = 'declined'""",
            (push.company_id, push.audience_id),
        )
        database.execute(
            """insert into ops.coupons (company_id, coupon_id, audience_id, percent,
                is_percent_proven, usage_limit, days, code, state, requested_by)
            values (%s, %s, %s, %s, %s, %s, %s, %s, 'waiting', %s)""",
            (
                *(push.company_id, coupon_id, push.audience_id, percent),
                *(request.percent is None, uses, request.days, _code(coupon_id, 0)),
                requested_by,
            ),
        )


def approve_coupon(url: str, coupon: Coupon, approved_by: str, now: datetime) -> None:
    """Let it be made; its days begin now, unless they have begun and are not over.

    With new days it has a new code: the shop may have it with the old ones, if its
    answer was lost.
    """
    is_over = coupon.ends_at is not None and coupon.ends_at <= now
    code = _code(coupon.coupon_id, now.toordinal()) if is_over else coupon.code
    with connect(url, "orchestrator") as database:
        database.execute(
            """update ops.coupons set state = 'approved', reason = null,
                approved_by = coalesce(approved_by, %(by)s),
                code = %(code)s,
                starts_at = case when ends_at > %(now)s then starts_at
                    else %(now)s end,
                ends_at = case when ends_at > %(now)s then ends_at
                    else %(now)s + make_interval(days => days) end
            where company_id = %(company)s and coupon_id = %(coupon)s
                and state <> 'created'""",
            {
                "by": approved_by,
                "now": now,
                "code": code,
                "company": coupon.company_id,
                "coupon": coupon.coupon_id,
            },
        )


def keep_code(url: str, coupon: Coupon, attempt: int) -> str:
    """Give it another code, before that is used."""
    code = _code(coupon.coupon_id, attempt)
    _update(url, coupon, "code = %s", code)
    return code


def keep_made(url: str, coupon: Coupon, discount_id: str) -> None:
    """It is in the shop."""
    _update(
        url, coupon, "state = 'created', reason = null, discount_id = %s", discount_id
    )


def fail_coupon(url: str, coupon: Coupon, reason: str) -> None:
    """The shop did not make it; asked for or approved again, it is tried again."""
    _update(url, coupon, "state = 'failed', reason = %s", reason)


def decline_coupon(url: str, coupon: Coupon, declined_by: str) -> None:
    """It is not made, and its uses are free for others."""
    _update(
        *(url, coupon, "state = 'declined', reason = %s"),
        f"Declined by {declined_by}.",
    )


def open_uses(
    url: str, company_id: str, now: datetime, but: uuid.UUID | None = None
) -> int:
    """Uses of all coupons but one that are not over, whether approved yet or not."""
    with connect(url, "orchestrator") as database:
        row = database.execute(
            """select coalesce(sum(usage_limit), 0)::bigint from ops.coupons
            where company_id = %s and state <> 'declined'
                and (ends_at is null or ends_at > %s)
                and coupon_id is distinct from %s::uuid""",
            (company_id, now, but),
        ).fetchone()
    return int(row[0]) if row else 0


def _update(url: str, coupon: Coupon, change: str, value: str) -> None:
    with connect(url, "orchestrator") as database:
        database.execute(
            f"""update ops.coupons set {change}
            where company_id = %s and coupon_id = %s""".encode(),  # noqa: S608
            (value, coupon.company_id, coupon.coupon_id),
        )


def _code(coupon_id: uuid.UUID, attempt: int) -> str:
    digest = hashlib.sha256(f"{coupon_id}/{attempt}".encode()).digest()
    return base64.b32encode(digest).decode()[:_CODE_LETTERS]
