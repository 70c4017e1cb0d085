"""Two shops that share a customer id, and one that has nothing yet."""

from __future__ import annotations

from tests.metabase.reporting_rows import Customer, Shop

HASHED = "ab12cd34" + "0" * 56
HOSTILE = "<script>alert(1)</script>\" onmouseover='x'"

ACME = Shop(
    "acme",
    "Acme Música",
    "EUR",
    (
        Customer("7", 12345.67, 1000.5, 0.125, days_since_order=10),
        Customer(HASHED, 500, 20, 0.95, days_since_order=200, frequency=0),
        Customer(HOSTILE, 250, 10, 1.0, days_since_order=89),
    ),
    order_count=12,
    quarantined_row_count=3,
)
BOLT = Shop(
    "bolt",
    "Bolt",
    "CLP",
    (Customer("7", 987654, 4321, 0.5),),
    stale_reason="enough_data",
    order_count=9,
)
NEW = Shop("nueva", "Tienda Nueva", "USD")
