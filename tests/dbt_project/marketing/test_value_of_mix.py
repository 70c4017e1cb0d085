"""A mix is published with plans by what its customers are worth, of the marts."""

from __future__ import annotations

import datetime as dt

from tests.dbt_project.marketing.test_media_mix import fill, run
from tests.dbt_project.marketing.test_media_mix_views import PREDICTION
from tests.dbt_project.mart_rows import insert
from tests.dbt_project.warehouse import Warehouse
from tests.ml_assets.media_plan.shop import AS_OF

# Both sell for 40 first; of Google's customers 100 more are expected, of Meta's none.
WON = {"google_ads": 20, "meta_ads": 20}


def test_plans_by_value_are_published_with_the_mix_of_revenue(
    warehouse: Warehouse,
) -> None:
    pair = warehouse.add_pair()
    fill(warehouse, pair.acme, "EUR", seed=3)
    for channel, count in WON.items():
        for number in range(count):
            customer = f"{channel}{number}"
            day = AS_OF - dt.timedelta(days=number + 1)
            insert(
                warehouse,
                "customers",
                company_id=pair.acme,
                customer_id=customer,
                currency_code="EUR",
                first_order_date=day,
                first_order_revenue=40,
                first_channel_id=channel,
            )
            insert(
                warehouse,
                "orders",
                company_id=pair.acme,
                order_id=customer,
                customer_id=customer,
                order_date=day,
                net_revenue=40,
                is_purchase=True,
                source_slug="files",
                status="paid",
            )
            expected = (100, 99, 101) if channel == "google_ads" else (0, 0, 0)
            warehouse.execute(
                PREDICTION.replace("'new'", "%s").replace(
                    "100, 67.10, 132.90", "%s, %s, %s"
                ),
                [pair.acme, customer, *expected],
            )

    run(warehouse, pair.acme)

    curves = {
        row["channel_id"]: row
        for row in warehouse.rows(
            """select * from reporting.marketing_curves
            where company_id = %s and outcome_unit = 'revenue'""",
            [pair.acme],
        )
    }
    assert curves["google_ads"]["value_basis"] == "value_12m"
    assert curves["google_ads"]["value_customer_count"] == 20
    assert curves["meta_ads"]["value_ratio"] < curves["google_ads"]["value_ratio"]
    assert curves["email"]["value_basis"] is None
    spends = {
        (row["outcome_unit"], row["channel_id"]): row["projected_spend"]
        for row in warehouse.rows(
            """select * from reporting.budget_scenario_channels
            where company_id = %s and scenario = 'recommended'""",
            [pair.acme],
        )
    }
    google = {unit: spends[unit, "google_ads"] for unit in ("revenue", "value_12m")}
    assert google["value_12m"] > google["revenue"]
    told = warehouse.rows(
        """select distinct outcome_unit, weighed_by from reporting.budget_plan()
        where company_id = %s""",
        [pair.acme],
    )
    assert all(row["weighed_by"] == row["outcome_unit"] for row in told)
