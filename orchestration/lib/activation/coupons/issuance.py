"""Requests for coupons, answered: within limits, approved, and made once."""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.lib.activation.audiences.destination_programs import (
    PlaceProgram,
    place_program,
)
from orchestration.lib.activation.audiences.destinations import (
    configuration,
    switched_on,
)
from orchestration.lib.activation.audiences.membership import (
    UnknownAudience,
    load_audience,
)
from orchestration.lib.activation.audiences.push_records import Push, list_pushes
from orchestration.lib.activation.coupons.allowances import (
    Allowance,
    allowance,
    check_limits,
)
from orchestration.lib.activation.coupons.coupon_records import (
    Coupon,
    approve_coupon,
    decline_coupon,
    fail_coupon,
    keep_code,
    keep_coupon,
    keep_made,
    list_coupons,
)
from orchestration.lib.activation.coupons.coupon_requests import (
    CouponRequest,
    read_coupon_request,
)
from orchestration.lib.activation.coupons.refusals import CouponRefused
from orchestration.lib.activation.coupons.uplift import proven_percent
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.singer import Log
from orchestration.lib.reporting.action_answers import Handler
from orchestration.lib.reporting.action_requests import ActionRequest
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.warehouse.database import one_at_a_time

__all__ = [
    "COUPON",
    "UnknownCoupon",
    "approve",
    "coupon_handler",
    "decline",
]

COUPON = "coupon"
"""The kind of request that asks for one."""

_CODES_TRIED = 5


class UnknownCoupon(PlainError, LookupError):
    """The company has no such coupon; the message lists those it has."""


def coupon_handler(settings: Settings, log: Log) -> Handler:
    """Who answers requests for coupons: within limits, approved, and made once.

    Whoever dies meanwhile leaves the code written: the next call finds the coupon in
    the shop by it, or makes it.
    """

    def answer(
        url: str, company_id: str, request: ActionRequest
    ) -> CouponRefused | None:
        try:
            _answer(url, settings, company_id, request, log)
        except CouponRefused as refusal:
            return refusal
        return None

    return Handler(
        COUPON, answer, lambda logged: CouponRefused("not_computable", value=logged)
    )


def approve(  # noqa: PLR0913, PLR0917  (who, what, where)
    url: str, settings: Settings, company_id: str, code: str, approved_by: str, log: Log
) -> Coupon:
    """Let a coupon that waits be made, and make it; one that is made stays as it is.

    Raises
    ------
    UnknownCoupon, CouponRefused, CompanyRemoved
    """
    with (
        company_held(url, company_id),
        one_at_a_time(url, f"actions of {company_id}"),
    ):
        coupon = _named(url, company_id, code)
        return _made(
            url, settings, coupon, allowance(url, company_id), approved_by, log
        )


def decline(url: str, company_id: str, code: str, declined_by: str) -> Coupon:
    """Do not make a coupon that waits, and free its uses for others.

    Raises
    ------
    UnknownCoupon, CouponRefused, CompanyRemoved
    """
    with (
        company_held(url, company_id),
        one_at_a_time(url, f"actions of {company_id}"),
    ):
        coupon = _named(url, company_id, code)
        if coupon.state in {"created", "approved"}:
            raise CouponRefused("in_the_shop", code=coupon.code)
        decline_coupon(url, coupon, declined_by)
        return _again(url, coupon)


def _answer(
    url: str, settings: Settings, company_id: str, asked: ActionRequest, log: Log
) -> None:
    limits = allowance(url, company_id)
    request = read_coupon_request(asked.read_payload())
    push = _push(url, company_id, request)
    coupon = _coupon_of(url, push)
    if coupon is None or coupon.state == "declined":
        percent = request.percent or proven_percent(url, company_id)
        uses = request.uses or push.pushed_count
        check_limits(url, limits, percent, uses)
        keep_coupon(url, push, request, percent, uses, asked.requested_by)
        coupon = _coupon_of(url, push)
    else:
        _check_is_the_same(coupon, request, push)
    if coupon is None:
        raise AssertionError("a coupon that was kept is gone")
    if coupon.state != "created" and not limits.needs_approval:
        _made(url, settings, coupon, limits, "by setting", log)


def _made(  # noqa: PLR0913, PLR0917  (which, where, within what)
    url: str,
    settings: Settings,
    coupon: Coupon,
    limits: Allowance,
    approved_by: str,
    log: Log,
) -> Coupon:
    """The coupon in the shop, found by its code or made, within today's limits."""
    if coupon.state == "created":
        return coupon
    told = (coupon.percent, coupon.usage_limit)
    check_limits(url, limits, *told, but=coupon.coupon_id)
    approve_coupon(url, coupon, approved_by, datetime.now(UTC))
    approved = _again(url, coupon)
    try:
        shop = switched_on(url, coupon.company_id, "shopify")
        config, secrets = configuration(url, settings, shop)
        with place_program({**config, "place": "coupons"}, secrets, log) as program:
            discount_id = _make(url, program, approved)
    except PlainError as failure:
        fail_coupon(url, approved, str(failure))
        if isinstance(failure, CouponRefused):
            raise
        raise CouponRefused("shop_refused", words=str(failure)) from None
    keep_made(url, approved, discount_id)
    return _again(url, coupon)


def _make(url: str, program: PlaceProgram, coupon: Coupon) -> str:
    """The id of the discount. A code that the shop has for another one is changed."""
    code = coupon.code
    if coupon.starts_at is None or coupon.ends_at is None:
        raise AssertionError("an approved coupon has no days")
    for attempt in range(1, _CODES_TRIED + 1):
        told = program.ask(
            "coupon",
            coupon={
                "code": code,
                "title": coupon.title,
                "percent": str(coupon.percent),
                "tag": coupon.tag,
                "usage_limit": coupon.usage_limit,
                "starts_at": coupon.starts_at.astimezone(UTC).isoformat(),
                "ends_at": coupon.ends_at.astimezone(UTC).isoformat(),
            },
        )
        if not told["is_taken"]:
            return str(told["discount_id"])
        code = keep_code(url, coupon, attempt)
    raise CouponRefused("no_free_code", code=code)


def _push(url: str, company_id: str, request: CouponRequest) -> Push:
    """The audience at the shop: its tag says who may use the coupon."""
    facts = {"audience": request.audience, "company": company_id}
    try:
        audience = load_audience(url, company_id, request.audience)
    except UnknownAudience:
        raise CouponRefused("unknown_audience", **facts) from None
    for push in list_pushes(url, company_id):
        is_here = push.destination == "shopify" and push.state == "done"
        if is_here and push.audience_id == audience.audience_id and push.pushed_count:
            return push
    raise CouponRefused("not_pushed", **facts)


def _coupon_of(url: str, push: Push) -> Coupon | None:
    return next(
        (
            each
            for each in list_coupons(url, push.company_id)
            if each.audience_id == push.audience_id
        ),
        None,
    )


def _named(url: str, company_id: str, code: str) -> Coupon:
    found = list_coupons(url, company_id)
    for each in found:
        if each.code == code.upper():
            return each
    known = ", ".join(each.code for each in found) or "none yet"
    raise UnknownCoupon(f"{company_id} has no coupon {code!r} (coupons: {known}).")


def _again(url: str, coupon: Coupon) -> Coupon:
    return next(
        each
        for each in list_coupons(url, coupon.company_id)
        if each.coupon_id == coupon.coupon_id
    )


def _check_is_the_same(coupon: Coupon, request: CouponRequest, push: Push) -> None:
    """Asked for twice it is one; asked for otherwise it is refused."""
    is_same = (
        request.percent in {None, coupon.percent}
        and (request.uses or push.pushed_count) == coupon.usage_limit
        and request.days == coupon.days
    )
    if not is_same:
        raise CouponRefused(
            "other_coupon",
            audience=request.audience,
            code=coupon.code,
            percent=coupon.off,
        )
