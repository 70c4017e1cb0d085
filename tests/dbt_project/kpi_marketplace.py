"""Rows of the marketplace whose KPIs are counted by hand; see `kpi_shops`.

Santiago leaves summer time (UTC-3) on 5 April 2025 at midnight.
"""

from __future__ import annotations

from tests.dbt_project.marketplace_rows import cart, order, rating, session, user
from tests.dbt_project.raw_files import Row

__all__ = ["CARTS", "ORDERS", "RATINGS", "SESSIONS", "USERS"]


def _ordered(
    id_: int,
    user_id: str | None,
    at: str,
    total: int,
    hours: str = "",
    **more: object,
) -> Row:
    """An order, and when it was completed if it was."""
    done = {"status": "completado", "completed_at": f"{hours}+00"} if hours else {}
    told = {"service": "limpieza", "comuna": "Ñuñoa", "payment_method": "webpay"}
    return order(
        str(id_), user_id, f"{at}+00", **{"total": total, **told, **done, **more}
    )


USERS = (
    user(
        "u1",
        "2025-03-05 12:00+00",
        rut="12.345.678-5",
        onboarded_at="2025-03-06 12:00+00",
        rut_verified_at="2025-03-07 12:00+00",
        comuna="Ñuñoa",
        channel="Instagram",
    ),
    user(
        "u2",
        "2025-03-10 12:00+00",
        rut="60.803.000-K",
        rut_verified_at="2025-04-15 12:00+00",
        comuna="Concepcion",  # its accent was forgotten
        channel="Google",
        has_marketing_consent=True,
    ),
    # 23:30 on 31 March; the check digit of this RUT is 5.
    user(
        "u3",
        "2025-04-01 02:30+00",
        rut="12.345.678-K",
        comuna="Ñuñoaa",  # misspelt
        region="Metropolitana",
    ),
    # Onboarded in the last minute of 10 April; u5 in the first of the 11th.
    user(
        "u4",
        "2025-04-02 12:00+00",
        onboarded_at="2025-04-11 03:59+00",
        has_marketing_consent=False,
    ),
    # 23:30 on 5 April, for the second time that night.
    user(
        "u5",
        "2025-04-06 03:30+00",
        rut="97.030.000-7",
        onboarded_at="2025-04-11 04:00+00",
        rut_verified_at="2025-04-11 04:00+00",
        channel="Instagram",
    ),
    # 23:30 on 10 April.
    user(
        "u6",
        "2025-04-11 03:30+00",
        rut="11.111.111-1",
        rut_verified_at="2025-04-11 03:45+00",
        channel="una feria",
    ),
    user("u7", "2025-02-28 12:00+00"),
    user("u8", None),
    user("u9", "2025-05-01 04:00+00"),  # midnight, 1 May
)
ORDERS = (
    _ordered(1, "u1", "2025-03-06 15:00", 20_000, "2025-03-07 15:00"),  # 24 hours
    _ordered(2, "u1", "2025-03-20 15:00", 30_000, "2025-03-20 21:00", service="jardin"),
    _ordered(3, "u1", "2025-04-02 15:00", 25_000, "2025-04-03 01:00", comuna="nunoa"),
    # Paid an hour after it was placed, done 48 hours later.
    _ordered(
        4,
        "u2",
        "2025-03-12 15:00",
        40_000,
        "2025-03-14 16:00",
        paid_at="2025-03-12 16:00+00",
        payment_method="Transferencia",
        comuna="Concepción",
    ),
    _ordered(5, "u2", "2025-04-01 02:30", 10_000, "2025-04-01 14:30"),  # 31 March
    # Two of the same second.
    _ordered(6, "u2", "2025-04-03 15:00", 15_000),
    _ordered(7, "u2", "2025-04-03 15:00", 35_000, service="jardin"),
    _ordered(
        8,
        "u3",
        "2025-04-04 15:00",
        50_000,
        status="cancelado",
        cancelled_at="2025-04-05 15:00+00",
    ),
    _ordered(
        9, "u3", "2025-04-05 15:00", 22_000, "2025-04-05 20:00", status="reembolsado"
    ),
    _ordered(10, "u4", "2025-04-06 03:30", 18_000, "2025-04-06 05:30"),  # 5 April
    _ordered(
        11,
        "u4",
        "2025-04-08 15:00",
        60_000,
        "2025-04-08 19:00",
        refunded_amount=20_000,
        service="jardin",
        payment_method=None,
    ),
    _ordered(12, None, "2025-04-07 15:00", 12_000, "2025-04-07 23:00"),  # a guest
    _ordered(13, "u5", "2025-04-09 15:00", 27_000, status="pendiente", paid_at=None),
    # 23:30 on 10 April, and midnight.
    _ordered(14, "u5", "2025-04-11 03:30", 33_000, comuna="Ñuñoaa"),
    _ordered(15, "u5", "2025-04-11 04:00", 21_000, comuna=None),
    # Done before it was paid: no cycle to measure.
    _ordered(16, "u6", "2025-04-20 15:00", 45_000, "2025-04-20 14:00"),
    _ordered(17, "u6", "2025-04-25 15:00", 1_000, "2025-04-25 16:00", status="test"),
    _ordered(18, "u7", "2024-04-30 15:00", 100_000, "2024-05-01 15:00"),
    _ordered(19, "u7", "2025-04-30 23:30", 0),
    _ordered(20, "u7", "2025-05-01 03:30", 8_000),  # 23:30 on 30 April
)
CARTS = (
    cart("A", "u1", "2025-03-06 14:00+00", order_id="1"),
    cart("B", "u2", "2025-03-12 14:00+00", order_id="4"),
    cart("C", "u3", "2025-03-15 14:00+00"),
    cart("D", "u4", "2025-04-05 14:00+00", order_id="10"),
    cart("E", "u5", "2025-04-09 14:00+00", service="jardin"),
    cart("F", "u5", "2025-04-10 04:00+00"),  # 24 hours before the 10th ends
    cart("G", "u4", "2025-04-10 05:00+00"),  # 23 hours before
    cart("H", "u5", "2025-04-10 14:00+00", order_id="15"),  # ordered at midnight
    cart("I", "u6", "2025-04-01 03:00+00", updated_at="2025-04-10 12:00+00"),
    cart("J", None, "2025-04-01 02:59+00"),  # the last minute of March
)
RATINGS = (
    rating("1", 5, "2025-03-08 12:00+00"),
    rating("3", 4, "2025-04-04 12:00+00"),
    rating("5", 2, "2025-04-11 03:59+00"),  # the last minute of 10 April
    rating("9", 1, "2025-04-06 12:00+00"),
    rating("10", "3.5", "2025-04-11 04:00+00"),  # the first of 11 April
    rating("11", 4, "2025-04-09 12:00+00", rating_id="a"),
    rating("11", 5, "2025-04-09 12:00+00", rating_id="b"),
    rating("12", 1, "2025-05-02 12:00+00"),
)
SESSIONS = (
    session("1", "u8", "2025-04-12 12:00+00"),
    session("2", "u9", "2025-04-01 02:59+00"),  # the last minute of March
    session("3", "u6", "2025-03-12 02:59+00"),  # the last minute of 11 March
    session("4", "u7", "2025-03-12 03:00+00"),  # the first of 12 March
    session("5", None, "2025-04-12 12:00+00"),
)
