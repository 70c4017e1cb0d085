"""Sixty days in the life of a shop, as its raw tables tell them.

New orders come every day. Between the builds the past changes: refunds, cancellations,
deletions, restated spend, files replaced and removed, rates that come late.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
from psycopg import sql

from tests.dbt_project import raw_marketing
from tests.dbt_project.raw_files import RawFile, Row, purchase, rates, shopify_row
from tests.dbt_project.raw_marketing import (
    google_day,
    meta_action,
    meta_day,
    search_day,
)
from tests.dbt_project.raw_shopify import (
    customer,
    order,
    order_id,
    refund,
    shop,
    slice_of_order_ids,
)
from tests.dbt_project.warehouse import Warehouse

__all__ = ["OLD_ORDER", "OLD_ORDER_DAY", "ShopLife", "date_of", "moment"]

_FIRST_DAY = datetime(2026, 1, 1, 10, tzinfo=UTC)
_SITE = "sc-domain:shop.com"
OLD_ORDER = "900"
OLD_ORDER_DAY = -150
"""The day of an order that is 200 days old on day 50."""


def moment(day: int, minute: int = 0) -> str:
    """A time on a day of the sixty, which are numbered from 0."""
    return (_FIRST_DAY + timedelta(days=day, minutes=minute)).isoformat()


def date_of(day: int) -> str:
    """The date of a day, the same in UTC and in Madrid."""
    return moment(day)[:10]


@dataclass
class ShopLife:
    """A shop that sells by its API and advertises; it may have an export and logs."""

    warehouse: Warehouse
    company: str
    has_order_files: bool = True
    _random: random.Random = field(default_factory=lambda: random.Random(60))
    _number: int = 1000

    def open(self) -> None:
        """The shop, its customers, what it sold before, and the order of long ago."""
        self._land("shop", shop("Europe/Madrid"))
        people = (customer(str(n), f"c{n}@example.com") for n in range(1, 16))
        self._land("customers", *people)
        self._sell(OLD_ORDER, OLD_ORDER_DAY, "3", Decimal("80.00"))
        older = [
            shopify_row(
                str(800 + n), moment(-100 + n), 30 + n, email=f"c{n}@example.com"
            )
            for n in range(1, 10)
        ]
        # Order 900 is in the export too, as it was once.
        older.append(shopify_row(OLD_ORDER, moment(OLD_ORDER_DAY), 75, email="c3@x"))
        self.load(RawFile("export.csv", older, contract="shopify_orders"))
        self.log("log.csv", 10, 20, 30)
        self.log("other_log.csv", 5, 6)

    def live(self, first: int, last: int) -> None:
        """The days from `first` up to and including `last`: orders and advertising."""
        for day in range(first, last + 1):
            for turn in range(2 + day % 2):
                self._number += 1
                buyer = str(self._random.randint(1, 15))
                cents = self._random.randint(500, 20000)
                self._sell(str(self._number), day, buyer, Decimal(cents) / 100, turn)
            self._advertise(day)

    def log(
        self, name: str, *amounts: object, version: int = 1, prefix: str = ""
    ) -> None:
        """A purchase log: one row per amount, on the first days."""
        rows = [
            purchase(
                f"log {n % 2}", moment(n), amount, purchase_id=f"{prefix or name}{n}"
            )
            for n, amount in enumerate(amounts)
        ]
        self.load(RawFile(name, rows, version=version))

    def spend(self, *rows: tuple[int, str, object], version: int = 1) -> None:
        """A file of spend elsewhere: day, channel, amount."""
        told: list[Row] = [
            {
                "spend_date": date_of(day),
                "channel": channel,
                "spend": amount,
                "currency_code": "EUR",
            }
            for day, channel, amount in rows
        ]
        name = "spend.csv"
        self.load(RawFile(name, told, version=version, contract="ad_spend"))

    def rates(self, *quoted: tuple[int, object], version: int = 1) -> None:
        """A file of the dollar's rates: day, euros."""
        file = rates(*((date_of(day), "USD", "EUR", rate) for day, rate in quoted))
        self.load(RawFile(file.name, file.rows, version, file.contract))

    def load(self, file: RawFile) -> None:
        """Load a file, or a new version of one; of orders only if the shop has such."""
        if not self.has_order_files and file.contract in (
            "purchases",
            "shopify_orders",
        ):
            return
        self.warehouse.load(self.company, file)

    def refund(self, of_order: str, amount: object, day: int) -> None:
        """Pay back part of an order."""
        at = moment(day, 30)
        self._land(
            "order_refunds", refund(f"r{of_order}", of_order, amount, created_at=at)
        )
        self.change("orders", of_order, total_refunded=amount, updated_at=at)

    def list_orders(self, day: int, *but: str) -> None:
        """List the orders of a day anew, but for those that the shop has not got."""
        for table in ("order_ids", "slices"):
            self._delete(f"raw_shopify.{table}", date=date_of(day))
        found = self.warehouse.rows(
            """select id from raw_shopify.orders where company_id = %s
            and created_at::date = %s""",
            [self.company, date_of(day)],
        )
        there = sorted({row["id"] for row in found} - set(but))
        self._land("order_ids", *(order_id(id_, date_of(day)) for id_ in there))
        self._land("slices", slice_of_order_ids(date_of(day)))

    def change(self, table: str, id_: str, **values: object) -> None:
        """What the shop says of a row now."""
        self._update(f"raw_shopify.{table}", {"id": id_}, values)

    def restate_meta(self, day: int, spend: object) -> None:
        """Meta says otherwise what a campaign spent and sold on a day."""
        key = {"campaign_id": "1", "date": date_of(day)}
        self._update("raw_meta_ads.campaign_days", key, {"spend": spend})
        table = "raw_meta_ads.campaign_action_days"
        self._update(table, key, {"action_value": 77})

    def drop_google(self, day: int) -> None:
        """Google no longer has a campaign's day."""
        self._delete("raw_google_ads.campaign_days", date=date_of(day))

    def orders_of(self, day: int) -> list[str]:
        """Numbers of the shop's orders placed on a day."""
        found = self.warehouse.rows(
            """select id from raw_shopify.orders where company_id = %s
            and processed_at::date = %s order by id""",
            [self.company, date_of(day)],
        )
        return [row["id"] for row in found]

    def sell(
        self, number: str, day: int, buyer: str, total: object, **told: object
    ) -> None:
        """An order, its line, its payment and how its buyer came."""
        at = moment(day)
        placed = order(number, at, total, customer_id=buyer, **told)
        self._land("orders", placed)
        line = {"id": f"{number}1", "order_id": number, "product_id": buyer[-1]}
        self._land(
            "order_line_items",
            {**line, "name": f"Thing {buyer}", "quantity": 2, "unit_price": total},
        )
        paid = {"id": number, "order_id": number, "kind": "sale", "status": "success"}
        self._land(
            "order_transactions",
            {
                **paid,
                "gateway": "card",
                "amount": total,
                "currency_code": placed["currency_code"],
                "processed_at": at,
            },
        )

    def _sell(
        self, number: str, day: int, buyer: str, total: Decimal, turn: int = 0
    ) -> None:
        told: dict[str, object] = {"total_tax": (total / 10).quantize(Decimal("0.01"))}
        if turn == 1:
            told |= {"total_discounts": Decimal("1.50"), "total_shipping": 4}
        if self._random.random() < 0.2:
            told |= {"currency_code": "USD"}
        if self._random.random() < 0.15:
            told |= {"email": f"c{buyer}@example.com"}
            self.sell(number, day, buyer, total, **told)
            self.change("orders", number, customer_id=None)
            return
        self.sell(number, day, buyer, total, **told)
        came = {"order_id": number, "visit_role": "last", "visit_id": "1"}
        source = self._random.choice(("facebook", "google", "newsletter"))
        visit = {**came, "utm_source": source, "utm_medium": "cpc", "utm_campaign": "A"}
        self._land("order_visits", visit)

    def _advertise(self, day: int) -> None:
        on = date_of(day)
        rows = {
            "raw_meta_ads.campaign_days": [
                meta_day("1", on, Decimal(day + 100) / 10),
                meta_day("2", on, 3, currency_code="USD"),
            ],
            "raw_meta_ads.campaign_action_days": [
                meta_action("1", on, ("purchase", "value"), day % 3, 10 * day)
            ],
            "raw_google_ads.campaign_days": [google_day("1", on, 5 + day % 4)],
            "raw_search_console.site_days": [search_day(_SITE, on, 10 + day)],
            "raw_search_console.query_days": [
                search_day(_SITE, on, day % 9, query="shop", is_brand=True)
            ],
        }
        for table, told in rows.items():
            raw_marketing.land(self.warehouse.url, self.company, table, *told)

    def _land(self, table: str, *rows: Row) -> None:
        self.warehouse.land(self.company, table, *rows)

    def _update(
        self, table: str, key: dict[str, str], values: dict[str, object]
    ) -> None:
        changed = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values]
        statement = sql.SQL(
            "update {} set {}, _sdc_batched_at = now() where {}"
        ).format(
            sql.Identifier(*table.split(".")), sql.SQL(", ").join(changed), _where(key)
        )
        with psycopg.connect(self.warehouse.url) as connection:
            parameters = [*values.values(), self.company, *key.values()]
            assert connection.execute(statement, parameters).rowcount == 1

    def _delete(self, table: str, **key: str) -> None:
        statement = sql.SQL("delete from {} where {}").format(
            sql.Identifier(*table.split(".")), _where(key)
        )
        with psycopg.connect(self.warehouse.url) as connection:
            connection.execute(statement, [self.company, *key.values()])


def _where(key: dict[str, str]) -> sql.Composed:
    named = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in key]
    return sql.SQL(" and ").join([sql.SQL("company_id = %s"), *named])
