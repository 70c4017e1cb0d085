"""Customers by recency, frequency and monetary value, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
import psycopg
import pytest

from orchestration.lib.reporting.kpis import RangeReversed, get_rfm_segmentation
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Pair, Warehouse

START, END = date(2026, 3, 1), date(2026, 3, 31)
# Days of acme's purchases in 2026, and what each customer spent, shared equally.
ACME = {
    "A": (["02-02", "02-20", "03-10", "03-30"], 400),
    "B": (["01-03", "02-03", "03-03", "03-29"], 300),
    "C": (["01-04", "01-07", "01-10"], 351),
    "D": (["02-20", "03-20"], 60),
    "E": (["01-10", "02-10"], 80),
    "F": (["03-25"], 10),
    "G": (["03-01"], 20),
    "H": (["02-01"], 30),
    "I": (["01-20"], 15),
    "J": (["01-05"], 5),
}
# With ten customers the score is 1 + floor((mean rank - 0.5) / 2). Recency ranks
# J C I H E G D F B A from 1; frequency: F to J share 1 to 5, D and E share 6 and 7,
# C is 8, A and B share 9 and 10; monetary ranks J F I G H D E B C A.
EXPECTED = {
    "A": (1, 5, 5, 5, "champions"),
    "B": (2, 5, 5, 4, "champions"),
    "C": (80, 1, 4, 5, "cannot_lose"),
    "D": (11, 4, 4, 3, "champions"),
    "E": (49, 3, 4, 4, "loyal_customers"),
    "F": (6, 4, 2, 1, "potential_loyalists"),
    "G": (30, 3, 2, 2, "need_attention"),
    "H": (58, 2, 2, 3, "need_attention"),
    "I": (70, 2, 2, 2, "about_to_sleep"),
    "J": (85, 1, 2, 1, "hibernating"),
}


@dataclass(frozen=True)
class Shops:
    """A pair of companies with twenty purchases each, and acme's reader."""

    pair: Pair
    reader: str


@pytest.fixture(scope="module")
def shops(warehouse: Warehouse) -> Shops:
    pair = warehouse.add_pair()
    acme = [
        purchase(customer, f"2026-{day} 12:00+00", spent / len(days))
        for customer, (days, spent) in ACME.items()
        for day in days
    ]
    # Twenty customers who all did the same.
    bolt = [
        purchase(str(n), "2026-03-10 12:00+00", 9990, currency_code="CLP")
        for n in range(20)
    ]
    # The day after the range has begun in Santiago only when it is 03:00 in UTC.
    acme.append(purchase("Z", "2026-03-31 22:00+00", 1000))
    bolt.append(purchase("Z", "2026-04-01 03:00+00", 1000, currency_code="CLP"))
    warehouse.load(pair.acme, RawFile("log.csv", acme))
    warehouse.load(pair.bolt, RawFile("log.csv", bolt))
    warehouse.build(pair.acme, pair.bolt)
    return Shops(pair, warehouse.add_reader(pair.acme))


@pytest.fixture
def connection(warehouse: Warehouse) -> Iterator[psycopg.Connection]:
    with psycopg.connect(warehouse.url) as connection:
        connection.execute("set role orchestrator")
        yield connection


def test_scores_and_segments_are_those_counted_by_hand(
    connection: psycopg.Connection, shops: Shops
) -> None:
    found = get_rfm_segmentation(connection, shops.pair.acme, START, END)

    assert {
        row.customer_id: (
            row.recency_days,
            row.recency_score,
            row.frequency_score,
            row.monetary_score,
            row.segment_id,
        )
        for row in found.itertuples()
    } == EXPECTED
    first = found.iloc[0]
    assert (first["segment_label_es"], first["segment_label_en"]) == (
        "Campeones",
        "Champions",
    )
    assert (first["frequency"], first["monetary"], first["currency_code"]) == (
        4,
        400,
        "EUR",
    )


def test_customers_who_are_all_alike_are_all_in_the_middle(
    connection: psycopg.Connection, shops: Shops
) -> None:
    # Mean rank 10.5 of 20: 1 + floor(5 * 10 / 20) = 3.
    found = get_rfm_segmentation(connection, shops.pair.bolt, START, END)

    scores = found[["recency_score", "frequency_score", "monetary_score"]]
    assert scores.to_numpy().tolist() == [[3, 3, 3]] * 20
    assert set(found["segment_id"]) == {"loyal_customers"}
    assert set(found["recency_days"]) == {21}


@pytest.mark.parametrize("end", [END, date(2026, 2, 15), date(2026, 4, 30)])
def test_scores_are_those_that_pandas_computes(
    connection: psycopg.Connection, shops: Shops, end: date
) -> None:
    orders = pd.DataFrame(
        connection.execute(
            "select customer_id, order_date, net_revenue::float8 from marts.orders"
            " where company_id = %s and order_date <= %s",
            [shops.pair.acme, end],
        ).fetchall(),
        columns=["customer_id", "date", "spent"],
    )
    by_customer = orders.groupby("customer_id")
    values = pd.DataFrame(
        {
            "recency_score": pd.to_datetime(by_customer["date"].max()),
            "frequency_score": by_customer["spent"].count(),
            "monetary_score": by_customer["spent"].sum().round(2),
        }
    )
    ranks = values.rank(method="average")
    expected = (5 * (ranks - 0.5) // len(values)).astype(int) + 1

    found = get_rfm_segmentation(connection, shops.pair.acme, end, end)

    scores = found.set_index("customer_id")[list(expected)]
    assert scores.to_dict() == expected.to_dict()


def test_every_pair_of_scores_has_one_segment(warehouse: Warehouse) -> None:
    pairs = warehouse.rows(
        "select recency_score, value_score, count(*) from staging.rfm_segment_rules"
        " group by 1, 2 order by 1, 2"
    )
    segments = warehouse.rows(
        "select count(*) as rules, count(distinct segment_id) as segments,"
        " count(distinct step_es) as steps, count(distinct step_en) as steps_en"
        " from staging.rfm_segment_labels"
        " inner join staging.rfm_segment_rules using (segment_id)"
        " inner join staging.rfm_segment_steps using (segment_id)"
    )

    assert [tuple(pair.values()) for pair in pairs] == [
        (recency, value, 1) for recency in range(1, 6) for value in range(1, 6)
    ]
    assert [tuple(row.values()) for row in segments] == [(25, 11, 11, 11)]


def test_a_reader_of_another_company_gets_nothing(
    warehouse: Warehouse, shops: Shops
) -> None:
    query = "select customer_id from reporting.get_rfm_segmentation(%s, %s, %s)"

    own = warehouse.rows(query, [shops.pair.acme, START, END], role=shops.reader)
    foreign = warehouse.rows(query, [shops.pair.bolt, START, END], role=shops.reader)

    assert (len(own), foreign) == (10, [])


def test_a_range_that_ends_before_it_starts_is_refused(
    connection: psycopg.Connection, shops: Shops
) -> None:
    with pytest.raises(RangeReversed, match="2026-03-31"):
        get_rfm_segmentation(connection, shops.pair.acme, END, START)
    unknown = get_rfm_segmentation(connection, "nobody", START, END)
    assert unknown.empty
    assert "segment_id" in unknown.columns
