"""customer_summaries gives what lifetimes computes, on the CDNOW purchase log."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.warehouse import Warehouse

COLUMNS = {
    # file -> positions of customer, date and amount
    "CDNOW_sample.txt": (1, 2, 4),
    "CDNOW_master.txt": (0, 1, 3),
}
CUSTOMERS = {"CDNOW_sample.txt": 2357, "CDNOW_master.txt": 23570}


def read(file_name: str) -> pd.DataFrame:
    """A CDNOW file of the lifetimes package as text: customer_id, date, amount."""
    package = importlib.util.find_spec("lifetimes")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).with_name("datasets") / file_name
    fields = [line.split() for line in path.read_text().splitlines() if line.strip()]
    purchases = [
        [row[column] for column in COLUMNS[file_name]]
        for row in fields
        if row[0].isdigit()  # the master file has a header
    ]
    return pd.DataFrame(purchases, columns=["customer_id", "date", "amount"])


def as_file(file_name: str, log: pd.DataFrame) -> RawFile:
    rows = [
        purchase(customer, f"{day} 00:00+00", amount, is_date_only=True)
        for customer, day, amount in log.itertuples(index=False)
    ]
    return RawFile(file_name, rows)


def lifetimes_summary(log: pd.DataFrame, as_of: str) -> pd.DataFrame:
    from lifetimes.utils import summary_data_from_transaction_data  # noqa: PLC0415

    typed = log.assign(
        date=pd.to_datetime(log["date"]), amount=log["amount"].astype(float)
    )
    summary: pd.DataFrame = summary_data_from_transaction_data(
        typed, "customer_id", "date", "amount", observation_period_end=as_of, freq="D"
    )
    return summary.sort_index()


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> dict[str, str]:
    """One company per file, sharing customer ids; file name -> company."""
    pair = warehouse.add_pair()
    warehouse.execute(
        "update ops.companies set currency_code = 'EUR' where company_id = %s",
        [pair.bolt],
    )
    # CDNOW gave some CDs away; lifetimes counts them.
    warehouse.execute(
        "update ops.companies set counts_free_orders = true where company_id = any(%s)",
        [[pair.acme, pair.bolt]],
    )
    companies = dict(zip(COLUMNS, (pair.acme, pair.bolt), strict=True))
    for file_name, company_id in companies.items():
        warehouse.load(company_id, as_file(file_name, read(file_name)))
    return companies


@pytest.mark.parametrize("as_of", ["1997-09-30", "1998-03-15"])
def test_summaries_equal_lifetimes(
    warehouse: Warehouse, companies: dict[str, str], as_of: str
) -> None:
    as_of_dates = dict.fromkeys(companies.values(), as_of)
    warehouse.build(*as_of_dates, as_of=as_of_dates, only=["customer_summaries"])

    for file_name, company_id in companies.items():
        expected = lifetimes_summary(read(file_name), as_of)
        found = pd.DataFrame(warehouse.summaries(company_id).values())
        found = found.set_index("customer_id").sort_index()

        assert len(found) == CUSTOMERS[file_name]
        assert list(found.index) == list(expected.index)
        for ours, theirs in (
            ("frequency", "frequency"),
            ("recency_days", "recency"),
            ("age_days", "T"),
        ):
            np.testing.assert_array_equal(
                found[ours].astype(float), expected[theirs], err_msg=ours
            )
        # lifetimes writes 0 where there is no repeat purchase to average.
        values = found["monetary_value"].astype(float).fillna(0)
        np.testing.assert_allclose(values, expected["monetary_value"], atol=1e-8)


def test_history_adds_up_to_the_file(
    warehouse: Warehouse, companies: dict[str, str]
) -> None:
    as_of = dict.fromkeys(companies.values(), "1998-06-30")
    warehouse.build(*as_of, as_of=as_of, only=["customer_summaries"])

    for file_name, company_id in companies.items():
        (total,) = warehouse.rows(
            "select sum(historic_value) as value, sum(order_count) as orders"
            " from marts.customer_summaries where company_id = %s",
            [company_id],
        )
        log = as_file(file_name, read(file_name))
        assert total == {"value": log.loaded_total, "orders": len(log.rows)}
