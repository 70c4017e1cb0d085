"""What writing to an audience brought, against those kept back by lot."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import psycopg
import pytest

from ml_assets.assets.measurements import measure_audiences
from orchestration.lib.activation.coupons.refusals import CouponRefused
from orchestration.lib.activation.coupons.uplift import proven_percent
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.raw_shopify import order, shop
from tests.dbt_project.warehouse import Pair, Warehouse

READ = ("audience_uplift", "insights")
GIVEN_OUT = date(2026, 2, 1)


def _experiment(
    warehouse: Warehouse, company_id: str, extra: float, size: int, every: int = 2
) -> None:
    """An audience whose members spend ``extra`` more each, on average, if written to.

    One in ``every`` is kept back. Everybody also bought before the list was given out,
    and after the days counted.
    """
    rng = np.random.default_rng(7)
    audience_id = uuid.uuid4()
    warehouse.execute(
        """insert into ops.audiences (company_id, audience_id, name, segment_id,
            holdout_share, segment_customer_count, without_consent_count,
            without_address_count, built_by)
        values (%s, %s, 'test', 'standard', 0.5, %s, 0, 0, 'ana')""",
        [company_id, audience_id, size],
    )
    rows = []
    with psycopg.connect(warehouse.url) as connection:
        for number in range(size):
            is_held_back = number % every == 0
            connection.execute(
                "insert into ops.audience_members values (%s, %s, %s, %s, 5)",
                [company_id, audience_id, f"c{number}", is_held_back],
            )
            for day in (GIVEN_OUT - timedelta(days=1), GIVEN_OUT + timedelta(days=31)):
                rows.append(purchase(f"c{number}", f"{day} 12:00+00", 1000))
            if rng.random() < 0.5:
                spent = rng.gamma(4, 5) + (0 if is_held_back else 2 * extra)
                day = GIVEN_OUT + timedelta(days=int(rng.integers(1, 31)))
                rows.append(purchase(f"c{number}", f"{day} 12:00+00", round(spent, 2)))
        connection.execute(
            """insert into ops.audience_exports (company_id, audience_id, destination,
                is_holdout, row_count, withdrawn_count, unreachable_count, exported_at,
                exported_by)
            values (%s, %s, 'csv', false, 1, 0, 0, %s, 'ana')""",
            [company_id, audience_id, f"{GIVEN_OUT} 12:00+00"],
        )
    warehouse.load(company_id, RawFile("log.csv", rows))


def _build(warehouse: Warehouse, *companies: str) -> None:
    """As a run does: the marts, then what the audiences brought."""
    warehouse.build(*companies, only=READ)
    for company in companies:
        measure_audiences(warehouse.url, company)


def test_a_planted_effect_is_found_and_none_is_not(
    warehouse: Warehouse, pair: Pair
) -> None:
    other, third = warehouse.add_pair(), warehouse.add_pair().acme
    _experiment(warehouse, pair.acme, extra=8, size=800)
    _experiment(warehouse, other.acme, extra=0, size=800)
    _experiment(warehouse, third, extra=8, size=1000, every=10)
    for company in (pair.acme, other.acme):
        _tell_margin(warehouse, company, "0.5")
    _build(warehouse, pair.acme, other.acme, third)

    found = {
        row["company_id"]: row
        for row in warehouse.rows(
            "select * from reporting.audience_uplift where company_id = any(%s)",
            [[pair.acme, other.acme, third]],
        )
    }
    tenth = found[third]
    assert (tenth["contacted_count"], tenth["held_back_count"]) == (900, 100)
    assert tenth["result"] == "gained"
    assert tenth["revenue_gained_lower"] < 900 * 8 < tenth["revenue_gained_upper"]
    acme, none = found[pair.acme], found[other.acme]
    assert (acme["contacted_count"], acme["held_back_count"]) == (400, 400)
    assert acme["counted_from"] == GIVEN_OUT + timedelta(days=1)
    assert acme["result"] == "gained"
    assert acme["revenue_gained_lower"] < 400 * 8 < acme["revenue_gained_upper"]
    assert none["result"] == "no_evidence"
    assert none["revenue_gained_lower"] < 0 < none["revenue_gained_upper"]

    # The same percentage: it gained at one shop, and of the other nothing is proven.
    for company, audience_id in ((pair.acme, acme), (other.acme, none)):
        _coupon(warehouse, company, audience_id["audience_id"], "CODE")
    assert proven_percent(warehouse.url, pair.acme) == Decimal("12.5")
    with pytest.raises(CouponRefused, match="of no coupon it is proven"):
        proven_percent(warehouse.url, other.acme)
    # It gained as well, but nobody knows what of it is left.
    _coupon(warehouse, third, tenth["audience_id"], "CODE")
    assert tenth["margin_gained"] is None
    with pytest.raises(CouponRefused, match="gross-margin-rate"):
        proven_percent(warehouse.url, third)
    reader = warehouse.add_reader(pair.acme)
    (seen,) = warehouse.rows(
        "select coupon_code, coupon_percent from reporting.audience_uplift", role=reader
    )
    assert tuple(seen.values()) == ("CODE", Decimal("12.50"))


def _tell_margin(warehouse: Warehouse, company_id: str, rate: str) -> None:
    warehouse.execute(
        "update ops.companies set gross_margin_rate = %s where company_id = %s",
        [rate, company_id],
    )


def _coupon(
    warehouse: Warehouse,
    company_id: str,
    audience_id: uuid.UUID,
    code: str,
    starts_on: date = GIVEN_OUT,
) -> None:
    warehouse.execute(
        """insert into ops.coupons (company_id, audience_id, percent,
            is_percent_proven, usage_limit, days, code, state, discount_id, starts_at,
            ends_at, requested_by)
        values (%s, %s, 12.5, false, 400, 14, %s, 'created', 'gid', %s,
            %s::timestamptz + interval '14 days', 'ana')""",
        [company_id, audience_id, code, *[f"{starts_on} 12:00+00"] * 2],
    )


def test_a_small_audience_is_refused_in_words_and_gets_no_number(
    warehouse: Warehouse, pair: Pair
) -> None:
    _experiment(warehouse, pair.acme, extra=50, size=100)
    _build(warehouse, pair.acme)

    (row,) = warehouse.rows(
        "select * from reporting.audience_uplift where company_id = %s", [pair.acme]
    )
    assert row["result"] == "too_small"
    assert "100 clientes" in row["result_label_es"]
    assert row["revenue_gained"] is row["revenue_gained_lower"] is None


def _audiences(
    warehouse: Warehouse, company_id: str, count: int, lot: list[bool], who: str = "c"
) -> None:
    """Audiences of the same members, each with a lot of its own if there are many.

    ``lot`` says who of the members is kept back; of many audiences, how many are.
    """
    with psycopg.connect(warehouse.url) as connection:
        connection.execute(
            """insert into ops.audiences (company_id, audience_id, name, segment_id,
                holdout_share, segment_customer_count, without_consent_count,
                without_address_count, built_by)
            select %s, md5(%s || '/' || number)::uuid, 'hand ' || number, 'standard',
                0.5, %s, 0, 0, 'ana'
            from generate_series(1, %s) as number""",
            [company_id, company_id, len(lot), count],
        )
        connection.execute(
            """insert into ops.audience_exports (company_id, audience_id, destination,
                is_holdout, row_count, withdrawn_count, unreachable_count, exported_at,
                exported_by)
            select company_id, audience_id, 'csv', false, 1, 0, 0, %s, 'ana'
            from ops.audiences where company_id = %s""",
            [f"{GIVEN_OUT} 12:00+00", company_id],
        )
        connection.execute(
            """insert into ops.audience_members
            select company_id, audience_id, %(who)s || (number - 1),
                case when %(count)s = 1 then (%(lot)s::boolean[])[number]
                    else row_number() over (
                        partition by audience_id order by md5(name || '/' || number)
                    ) <= %(kept)s
                end,
                5
            from ops.audiences, generate_series(1, %(size)s) as number
            where company_id = %(company)s""",
            {
                "company": company_id,
                "who": who,
                "count": count,
                "lot": lot,
                "kept": sum(lot),
                "size": len(lot),
            },
        )
        connection.execute("analyze ops.audience_members")


def test_what_it_brought_is_what_a_hand_computes(
    warehouse: Warehouse, pair: Pair
) -> None:
    # Of 100 written to, 20 spend 30; of 100 kept back, 10 spend 20. Means 6 and 2;
    # 4 more each is 400. Sample variances: (20*24^2 + 80*6^2)/99 = 145.4545 and
    # (10*18^2 + 90*2^2)/99 = 36.3636; half width 1.645*sqrt(1.818182) = 2.218120.
    _audiences(warehouse, pair.acme, 1, [n >= 100 for n in range(200)])
    rows = [
        *(purchase(f"c{n}", "2026-02-10 12:00+00", 30) for n in range(20)),
        *(purchase(f"c{n}", "2026-02-10 12:00+00", 20) for n in range(100, 110)),
        purchase("another", "2026-03-20 12:00+00", 1),
    ]
    warehouse.load(pair.acme, RawFile("log.csv", rows))
    _build(warehouse, pair.acme)

    (row,) = warehouse.rows(
        "select * from reporting.audience_uplift where company_id = %s", [pair.acme]
    )
    assert row["result"] == "gained"
    assert row["revenue_gained"] == Decimal("400.00")
    assert row["revenue_gained_lower"] == Decimal("178.19")
    assert row["revenue_gained_upper"] == Decimal("621.81")


def test_few_who_are_kept_back_are_judged_by_the_spread_of_all(
    warehouse: Warehouse, pair: Pair
) -> None:
    # Of 300 written to, 60 spend 30; of 100 kept back, 10 spend 20. Means 6 and 2.
    # Squares from the means: 60*24^2 + 240*6^2 = 43,200 and 10*18^2 + 90*2^2 = 3,600;
    # variance of all 46,800/398 = 117.587940, of the difference that times (1/300 +
    # 1/100) = 1.567839 (Welch's is 0.845), error 1.252134. Third moments (60*24^3 -
    # 240*6^3)/300 = 2,592 and (10*18^3 - 90*2^3)/100 = 576, of all 2,088; times
    # (1/300^2 - 1/100^2) = -0.185600, skewness -0.185600/1.252134^3 = -0.094542.
    # Quantiles 1.645 -+ 0.094542*1.706025/6 = 1.618118 below and 1.671882 above, so
    # 4 - 2.026101 = 1.973899 and 4 + 2.093420 = 6.093420, times 300.
    _audiences(warehouse, pair.acme, 1, [n >= 300 for n in range(400)])
    _tell_margin(warehouse, pair.acme, "0.4")
    rows = [
        *(purchase(f"c{n}", "2026-02-10 12:00+00", 30) for n in range(60)),
        *(purchase(f"c{n}", "2026-02-10 12:00+00", 20) for n in range(300, 310)),
        purchase("another", "2026-03-20 12:00+00", 1),
    ]
    warehouse.load(pair.acme, RawFile("log.csv", rows))
    _build(warehouse, pair.acme)

    (row,) = warehouse.rows(
        "select * from reporting.audience_uplift where company_id = %s", [pair.acme]
    )
    assert row["result"] == "gained"
    assert row["revenue_gained"] == Decimal("1200.00")
    assert row["revenue_gained_lower"] == Decimal("592.17")
    assert row["revenue_gained_upper"] == Decimal("1828.03")
    # No discounts: margin is 0.4 of all that.
    assert row["margin_gained"] == Decimal("480.00")
    assert row["margin_gained_lower"] == Decimal("236.87")
    assert row["margin_error"] == Decimal("150.26")
    assert row["margin_skewness"] == Decimal("-0.094542")


def test_a_coupon_that_sells_more_at_a_loss_is_not_proven(
    warehouse: Warehouse, pair: Pair
) -> None:
    # Of 200 written to, 120 buy for 40 after 10 off; of 200 kept back, 60 for 50. With
    # goods at three quarters: 0.25*50 - 10 = 2.5 against 12.5 each; 0.6*2.5 - 0.3*12.5
    # = -2.25, times 200.
    _audiences(warehouse, pair.acme, 1, [n >= 200 for n in range(400)], who="shopify/")
    _tell_margin(warehouse, pair.acme, "0.25")
    bought = [
        *(
            order(
                f"A{n}",
                "2026-02-10 12:00+00",
                40,
                customer_id=str(n),
                total_discounts=10,
            )
            for n in range(120)
        ),
        *(
            order(f"A{n}", "2026-02-10 12:00+00", 50, customer_id=str(n))
            for n in range(200, 260)
        ),
        order("later", "2026-03-20 12:00+00", 1, customer_id="999"),
    ]
    warehouse.land(pair.acme, "shop", shop("Europe/Madrid"))
    warehouse.land(pair.acme, "orders", *bought)
    _build(warehouse, pair.acme)

    (row,) = warehouse.rows(
        "select * from reporting.audience_uplift where company_id = %s", [pair.acme]
    )
    _coupon(warehouse, pair.acme, row["audience_id"], "CODE")
    assert row["result"] == "gained"
    assert row["revenue_gained"] == Decimal("1800.00")
    assert row["margin_gained"] == Decimal("-450.00")
    assert row["margin_gained_upper"] < 0
    told = "select 1 from reporting.insights where company_id = %s and kind = 'success'"
    assert warehouse.rows(told, [pair.acme]) == []
    with pytest.raises(CouponRefused, match="of no coupon it is proven"):
        proven_percent(warehouse.url, pair.acme)


def test_a_coupon_that_came_later_is_judged_by_the_days_after_it(
    warehouse: Warehouse, pair: Pair
) -> None:
    # Whoever was written to bought more at once; then came a coupon that did nothing.
    _audiences(warehouse, pair.acme, 1, [n >= 100 for n in range(200)])
    _tell_margin(warehouse, pair.acme, "0.5")
    later = GIVEN_OUT + timedelta(days=40)
    rows = [
        *(purchase(f"c{n}", "2026-02-10 12:00+00", 30) for n in range(60)),
        *(purchase(f"c{n}", "2026-02-10 12:00+00", 30) for n in range(100, 110)),
        *(purchase(f"c{n}", "2026-03-20 12:00+00", 30) for n in range(40, 60)),
        *(purchase(f"c{n}", "2026-03-20 12:00+00", 30) for n in range(120, 140)),
        purchase("another", "2026-05-20 12:00+00", 1),
    ]
    warehouse.load(pair.acme, RawFile("log.csv", rows))
    _build(warehouse, pair.acme)
    query = "select * from reporting.audience_uplift where company_id = %s"
    (before,) = warehouse.rows(query, [pair.acme])
    _coupon(warehouse, pair.acme, before["audience_id"], "CODE", later)
    # Until the next run nothing is known of those days.
    (between,) = warehouse.rows(query, [pair.acme])
    measure_audiences(warehouse.url, pair.acme)
    (after,) = warehouse.rows(query, [pair.acme])

    assert between["counted_from"] == later + timedelta(days=1)
    assert (between["result"], between["revenue_gained"]) == ("not_due", None)
    assert before["result"] == "gained"
    assert before["counted_from"] == GIVEN_OUT + timedelta(days=1)
    assert after["counted_from"] == later + timedelta(days=1)
    assert after["counted_to"] == later + timedelta(days=30)
    assert (after["result"], after["revenue_gained"]) == ("no_evidence", 0)
    with pytest.raises(CouponRefused, match="of no coupon it is proven"):
        proven_percent(warehouse.url, pair.acme)

    # One that was there before the list was given out changes nothing.
    warehouse.execute(
        "update ops.coupons set starts_at = %s where company_id = %s",
        [GIVEN_OUT - timedelta(days=5), pair.acme],
    )
    measure_audiences(warehouse.url, pair.acme)
    (sooner,) = warehouse.rows(query, [pair.acme])
    assert sooner["counted_from"] == before["counted_from"]
    assert proven_percent(warehouse.url, pair.acme) == Decimal("12.5")


def test_of_lots_that_do_nothing_one_in_twenty_is_told_as_a_gain_and_none_is_proven(
    warehouse: Warehouse, pair: Pair
) -> None:
    # A tenth of the same 1,000 customers is kept back, 400 times over by another lot.
    # A quarter of them buys, for amounts as skewed as those of shops.
    lots = 400
    rng = np.random.default_rng(11)
    _audiences(warehouse, pair.acme, lots, [n < 100 for n in range(1000)])
    _tell_margin(warehouse, pair.acme, "0.5")
    spent = np.round(rng.lognormal(3, 1, 250), 2)
    rows = [
        *(
            purchase(f"c{n}", "2026-02-10 12:00+00", amount)
            for n, amount in enumerate(spent.tolist())
        ),
        purchase("another", "2026-03-20 12:00+00", 1),
    ]
    warehouse.load(pair.acme, RawFile("log.csv", rows))
    _build(warehouse, pair.acme)
    try:
        warehouse.execute(
            """insert into ops.coupons (company_id, audience_id, percent,
                is_percent_proven, usage_limit, days, code, state, discount_id,
                starts_at, ends_at, requested_by)
            select company_id, audience_id, 12.5, false, 900, 14,
                'NULL' || substr(name, 6), 'created', 'gid', %(at)s,
                %(at)s::timestamptz + interval '14 days', 'ana'
            from ops.audiences where company_id = %(company)s""",
            {"company": pair.acme, "at": f"{GIVEN_OUT} 12:00+00"},
        )
        measure_audiences(warehouse.url, pair.acme)
        found = warehouse.rows(
            """select result, coupon_code, margin_gained, margin_error,
                margin_gained_lower
            from reporting.audience_uplift where company_id = %s""",
            [pair.acme],
        )
        rates = {
            result: sum(row["result"] == result for row in found) / lots
            for result in ("gained", "lost", "no_evidence")
        }
        assert sum(rates.values()) == 1
        # Welch's interval tells 0.0925 of these as a gain.
        assert 0.02 < rates["gained"] < 0.075, rates
        assert rates["lost"] < 0.075, rates

        assert sum(row["margin_gained_lower"] > 0 for row in found) > 8
        with pytest.raises(CouponRefused, match="of no coupon it is proven"):
            proven_percent(warehouse.url, pair.acme)
        # Tried alone, the best of them would have been.
        best = max(found, key=lambda row: row["margin_gained"] / row["margin_error"])
        warehouse.execute(
            "delete from ops.coupons where company_id = %s and code <> %s",
            [pair.acme, best["coupon_code"]],
        )
        assert proven_percent(warehouse.url, pair.acme) == Decimal("12.5")
    finally:
        warehouse.execute(
            "delete from ops.audiences where company_id = %s", [pair.acme]
        )
