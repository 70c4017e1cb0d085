"""Audiences: who is in, who is kept back, what is given out, and what came of it."""

from __future__ import annotations

import csv
import hashlib
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import psycopg
import pytest

from orchestration.lib.audiences.exports import ExportRequest, export_audience
from orchestration.lib.audiences.holdouts import COUNTED_DAYS, kept_back_now
from orchestration.lib.audiences.membership import (
    Audience,
    AudienceRefused,
    AudienceRequest,
    UnknownAudience,
    build_audience,
    list_audiences,
    load_audience,
)
from orchestration.lib.audiences.segments import segment_sizes
from orchestration.lib.coupons.proofs import proven_percent
from orchestration.lib.coupons.refusals import CouponRefused
from orchestration.lib.forgetting.erasure import forget
from tests.dbt_project.marketplace_rows import marketplace_file, user
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.raw_shopify import customer, order, shop
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
SEGMENT = "standard"
PREDICTION = """
    insert into predictions.predictions_customer (company_id, customer_id, as_of_date,
        fit_id, model_version, frequency, recency_days, age_days, order_count,
        historic_value, currency_code, probability_alive, probability_no_purchase_90d,
        expected_orders_30d, expected_orders_90d, expected_orders_365d,
        expected_order_value, predicted_value_12m, data_through_date, fitted_at)
    values (%s, %s, '2026-01-31', 'fit', '2', 0, 0, 26, 1, 10, 'EUR', 0.5, 0.5, 0.1,
        0.2, 0.5, 10, 5, '2026-01-31', now())
"""


def shopper(number: int, **known: object) -> dict[str, object]:
    return {
        **customer(str(number), f"Buyer{number}@Example.com "),
        "email_marketing_state": "subscribed",
        "phone_marketing_state": "subscribed",
        "phone": f"+34 600 000 {number:03}",
        "first_name": "Zoë",
        "last_name": "Pérez-Gil",
        **known,
    }


# One who never agreed, one who took it back, one who cannot be reached.
SHOPPERS = (
    *(shopper(number) for number in range(1, 41)),
    shopper(41, email_marketing_state="not_subscribed"),
    shopper(42, email_marketing_state="unsubscribed"),
    shopper(43, email=None, phone="600 000 043"),
)


@pytest.fixture(scope="module")
def shops(warehouse: Warehouse) -> Pair:
    """Two shops with the same 43 customers, who all bought once."""
    pair = warehouse.add_pair()
    for company in (pair.acme, pair.bolt):
        warehouse.land(company, "shop", shop("Europe/Madrid"))
        warehouse.land(company, "customers", *SHOPPERS)
        warehouse.land(
            company,
            "orders",
            *(
                order(str(each["id"]), AT, 10, customer_id=each["id"])
                for each in SHOPPERS
            ),
        )
        for each in SHOPPERS:
            warehouse.execute(PREDICTION, [company, f"shopify/{each['id']}"])
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-01-31")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of)
    return pair


@pytest.fixture(autouse=True)
def counted(warehouse: Warehouse, shops: Pair) -> Iterator[None]:
    """No audience of another test keeps anybody back."""
    yield
    warehouse.execute(
        "delete from ops.audiences where company_id = any(%s)",
        [[shops.acme, shops.bolt]],
    )


def request(company_id: str, name: str, **others: object) -> AudienceRequest:
    return AudienceRequest(company_id, name, SEGMENT, "ana", **others)  # type: ignore[arg-type]


def members(warehouse: Warehouse, audience: Audience) -> dict[str, bool]:
    """Whether each is kept back, by customer_id."""
    rows = warehouse.rows(
        """select customer_id, is_held_back from ops.audience_members
        where company_id = %s and audience_id = %s""",
        [audience.company_id, audience.audience_id],
    )
    return {row["customer_id"]: row["is_held_back"] for row in rows}


def exported(
    warehouse: Warehouse, company_id: str, name: str, to: str, path: Path
) -> list[list[str]]:
    export_audience(warehouse.url, ExportRequest(company_id, name, to, "ana"), path)
    with path.open(newline="") as file:
        return list(csv.reader(file))


def test_only_who_agreed_and_can_be_reached_is_a_member(
    warehouse: Warehouse, shops: Pair
) -> None:
    audience = build_audience(warehouse.url, request(shops.acme, "agreed"))

    assert segment_sizes(warehouse.url, shops.acme)[SEGMENT] == 43
    assert audience.segment_customer_count == 43
    assert (audience.without_consent_count, audience.without_address_count) == (2, 1)
    assert set(members(warehouse, audience)) == {f"shopify/{n}" for n in range(1, 41)}
    assert (audience.contacted_count, audience.held_back_count) == (36, 4)
    assert audience.prediction_as_of_date == date(2026, 1, 31)


def test_who_is_kept_back_is_a_lot_that_anybody_can_draw_again(
    warehouse: Warehouse, shops: Pair
) -> None:
    share = Decimal("0.25")
    audience = build_audience(
        warehouse.url, request(shops.acme, "lot", holdout_share=share)
    )
    found = members(warehouse, audience)
    by_lot = sorted(
        found,
        key=lambda id_: hashlib.sha256(
            f"{audience.audience_id}{id_}".encode()
        ).digest(),
    )

    assert {id_ for id_, is_held_back in found.items() if is_held_back} == set(
        by_lot[:10]
    )


def test_membership_stays_when_the_segment_moves_on(
    warehouse: Warehouse, shops: Pair
) -> None:
    audience = build_audience(warehouse.url, request(shops.acme, "frozen"))
    before = members(warehouse, audience)

    with pytest.raises(AudienceRefused, match="who is in it does not change"):
        build_audience(warehouse.url, request(shops.acme, "frozen"))
    with psycopg.connect(warehouse.url) as admin:
        admin.execute(
            "delete from predictions.predictions_customer where company_id = %s",
            [shops.acme],
        )
        assert members(warehouse, audience) == before
        assert load_audience(warehouse.url, shops.acme, "frozen") == audience
        admin.rollback()


def test_nobody_kept_back_and_nobody_without_consent_is_in_a_list(
    warehouse: Warehouse, shops: Pair, tmp_path: Path
) -> None:
    audience = build_audience(warehouse.url, request(shops.acme, "list"))
    held_back = {id_ for id_, is_ in members(warehouse, audience).items() if is_}
    header, *rows = exported(
        warehouse, shops.acme, "list", "csv", tmp_path / "list.csv"
    )

    assert header[:2] == ["customer_id", "email"]
    assert {row[0] for row in rows} == {
        f"shopify/{n}" for n in range(1, 41)
    } - held_back
    assert rows[0][1].startswith("buyer")
    assert (tmp_path / "list.csv").stat().st_mode & 0o077 == 0

    kept = ExportRequest(shops.acme, "list", "csv", "ana", is_holdout=True)
    export_audience(warehouse.url, kept, tmp_path / "kept.csv")
    with (tmp_path / "kept.csv").open(newline="") as file:
        assert {row[0] for row in list(csv.reader(file))[1:]} == held_back


def test_consent_taken_back_since_counts_at_once(
    warehouse: Warehouse, shops: Pair, tmp_path: Path
) -> None:
    build = request(shops.acme, "taken back", holdout_share=Decimal(0))
    build_audience(warehouse.url, build)
    warehouse.execute(
        """update raw_shopify.customers set email_marketing_state = 'unsubscribed'
        where company_id = %s and id = '1'""",
        [shops.acme],
    )
    asked = ExportRequest(shops.acme, "taken back", "klaviyo", "ana")
    try:
        done = export_audience(warehouse.url, asked, tmp_path / "list.csv")
    finally:
        warehouse.execute(
            """update raw_shopify.customers set email_marketing_state = 'subscribed'
            where company_id = %s and id = '1'""",
            [shops.acme],
        )

    assert (done.row_count, done.withdrawn_count, done.unreachable_count) == (39, 1, 0)
    assert "buyer1@example.com" not in (tmp_path / "list.csv").read_text()
    (noted,) = warehouse.rows(
        """select destination, row_count, withdrawn_count from ops.audience_exports
        where company_id = %s and audience_id = %s""",
        [shops.acme, done.audience.audience_id],
    )
    assert tuple(noted.values()) == ("klaviyo", 39, 1)


def consents(warehouse: Warehouse, company_id: str) -> dict[str, bool]:
    """What an export would read and what the page shows, which must agree."""
    found, shown = (
        {
            row["customer_id"]: row["has_consent"]
            for row in warehouse.rows(query, [company_id])
        }
        for query in (
            """select customer_id, has_email_consent as has_consent
            from personal.contacts where company_id = %s""",
            """select customer_id, has_marketing_consent as has_consent
            from marts.customer_consents where company_id = %s""",
        )
    )
    assert {id_: has for id_, has in found.items() if id_ in shown} == shown
    return found


def test_who_refused_anywhere_is_written_to_nowhere(
    warehouse: Warehouse, pair: Pair, tmp_path: Path
) -> None:
    # At the shop 1, 2 and 3 said yes. At the marketplace 2 said no, and 3 nothing;
    # P1 has two accounts there of which one said no in an older file. At Bolt, 2 did
    # not refuse.
    for company in (pair.acme, pair.bolt):
        warehouse.land(company, "shop", shop("Europe/Madrid"))
        warehouse.land(company, "customers", *(shopper(n) for n in (1, 2, 3)))
        warehouse.land(
            company, "orders", *(order(f"A{n}", AT, 10, customer_id=n) for n in "123")
        )
        for number in "123":
            warehouse.execute(PREDICTION, [company, f"shopify/{number}"])
    yes, no = ({"has_marketing_consent": said} for said in (True, False))
    warehouse.load(
        pair.acme,
        marketplace_file(
            "users",
            user("u2", AT, email=" BUYER2@example.com", **no),
            user("u3", AT, email="buyer3@example.com"),
            user("u4", AT, email="p1@example.com", person_id="P1", **no),
        ),
        RawFile(
            "later.csv",
            [user("u5", AT, email="p1@example.com", person_id="P1", **yes)],
            version=2,
            contract="marketplace_users",
        ),
    )
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-01-31")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of)

    assert consents(warehouse, pair.acme) == {
        "shopify/1": True,
        "shopify/2": False,
        "shopify/3": True,
        "marketplace/P1": False,
    }
    assert consents(warehouse, pair.bolt)["shopify/2"] is True
    asked = request(pair.acme, "agreed everywhere", holdout_share=Decimal(0))
    audience = build_audience(warehouse.url, asked)
    assert set(members(warehouse, audience)) == {"shopify/1", "shopify/3"}
    assert audience.without_consent_count == 1

    # A member refuses at the marketplace after the audience was built.
    warehouse.load(
        pair.acme,
        RawFile(
            "latest.csv",
            [user("u3", AT, email="buyer3@example.com", **no)],
            version=3,
            contract="marketplace_users",
        ),
    )
    rows = exported(
        warehouse, pair.acme, "agreed everywhere", "csv", tmp_path / "list.csv"
    )
    assert [row[0] for row in rows[1:]] == ["shopify/1"]


def test_nobody_is_left_where_the_only_customer_refused_at_the_marketplace(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.land(pair.acme, "shop", shop("Europe/Madrid"))
    warehouse.land(pair.acme, "customers", shopper(1))
    warehouse.land(pair.acme, "orders", order("A1", AT, 10, customer_id="1"))
    warehouse.execute(PREDICTION, [pair.acme, "shopify/1"])
    refusal = user("u1", AT, email="buyer1@example.com", has_marketing_consent=False)
    warehouse.load(pair.acme, marketplace_file("users", refusal))
    warehouse.build(pair.acme, as_of={pair.acme: "2026-01-31"})

    with pytest.raises(AudienceRefused, match="1 did not agree"):
        build_audience(warehouse.url, request(pair.acme, "nobody"))


def test_what_a_spreadsheet_would_compute_is_written_as_text(
    warehouse: Warehouse, shops: Pair, tmp_path: Path
) -> None:
    build_audience(
        warehouse.url, request(shops.acme, "typed", holdout_share=Decimal(0))
    )
    first_name = "=HYPERLINK(1)"
    warehouse.execute(
        """update raw_shopify.customers set first_name = %s, last_name = '@sum'
        where company_id = %s and id = '1'""",
        [first_name, shops.acme],
    )
    try:
        written = {
            to: exported(warehouse, shops.acme, "typed", to, tmp_path / f"{to}.csv")[1:]
            for to in ("csv", "klaviyo", "whatsapp")
        }
    finally:
        warehouse.execute(
            """update raw_shopify.customers set first_name = 'Zoë',
                last_name = 'Pérez-Gil' where company_id = %s and id = '1'""",
            [shops.acme],
        )

    for rows in written.values():
        cells = {cell for row in rows for cell in row}
        assert f"'{first_name}" in cells
        # A number begins with a sign, too, and is dialled as it stands.
        computed = {cell for cell in cells if cell[:1] in tuple("=+-@")}
        assert all(cell.startswith("+34") for cell in computed)
    assert "'@sum" in written["csv"][0]


def test_who_is_kept_back_is_in_no_other_audience_while_that_is_counted(
    warehouse: Warehouse, shops: Pair, tmp_path: Path
) -> None:
    first = build_audience(
        warehouse.url, request(shops.acme, "first", holdout_share=Decimal("0.25"))
    )
    kept = {id_ for id_, is_ in members(warehouse, first).items() if is_}
    second = build_audience(warehouse.url, request(shops.acme, "second"))

    assert len(kept) == 10
    assert second.kept_back_elsewhere_count == 10
    assert set(members(warehouse, second)) == set(members(warehouse, first)) - kept
    assert (second.contacted_count, second.held_back_count) == (27, 3)
    assert (
        second.segment_customer_count
        == 43
        == sum(
            (
                *(second.without_consent_count, second.without_address_count),
                *(second.kept_back_elsewhere_count, second.contacted_count),
                second.held_back_count,
            )
        )
    )
    # Bolt's customers have the same ids, and are others.
    assert kept_back_now(warehouse.url, shops.bolt) == set()

    exported(warehouse, shops.acme, "first", "csv", tmp_path / "first.csv")
    given_out = "update ops.audience_exports set exported_at = now() - %s"
    built = "update ops.audiences set built_at = now() - interval '90 days'"
    warehouse.execute(built)
    for days, still in ((COUNTED_DAYS, kept), (COUNTED_DAYS + 1, set())):
        warehouse.execute(given_out, [timedelta(days=days)])
        (window,) = warehouse.rows(
            """select counted_to >= (now() at time zone 'Europe/Madrid')::date
                as is_open
            from reporting.audience_uplift where audience_id = %s""",
            [first.audience_id],
        )
        assert kept_back_now(warehouse.url, shops.acme) == still
        assert window["is_open"] is bool(still)


@pytest.mark.parametrize("state", ["not_subscribed", "unsubscribed", None])
def test_consent_to_e_mail_opens_no_telephone(
    warehouse: Warehouse, shops: Pair, tmp_path: Path, state: str | None
) -> None:
    build_audience(
        warehouse.url, request(shops.acme, "phones", holdout_share=Decimal(0))
    )
    change = """update raw_shopify.customers set phone_marketing_state = %s
        where company_id = %s and id = '1'"""
    warehouse.execute(change, [state, shops.acme])
    told = {}
    try:
        for to in ("whatsapp", "csv"):
            asked = ExportRequest(shops.acme, "phones", to, "ana")
            told[to] = export_audience(warehouse.url, asked, tmp_path / f"{to}.csv")
    finally:
        warehouse.execute(change, ["subscribed", shops.acme])

    for to, done in told.items():
        assert "+34600000001" not in (tmp_path / f"{to}.csv").read_text()
        assert "+34600000002" in (tmp_path / f"{to}.csv").read_text()
        assert done.silent_phone_count == 1
    assert (told["whatsapp"].row_count, told["whatsapp"].unreachable_count) == (39, 1)
    assert told["csv"].row_count == 40


def test_a_person_who_is_forgotten_leaves_every_audience(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.land(pair.acme, "shop", shop("Europe/Madrid"))
    warehouse.land(pair.acme, "customers", shopper(1), shopper(2))
    warehouse.land(
        pair.acme,
        "orders",
        *(order(f"A{n}", AT, 10, customer_id=n) for n in "12"),
    )
    for number in "12":
        warehouse.execute(PREDICTION, [pair.acme, f"shopify/{number}"])
    warehouse.build(pair.acme, as_of={pair.acme: "2026-01-31"})
    audience = build_audience(warehouse.url, request(pair.acme, "both"))

    done = forget(warehouse.url, pair.acme, "buyer1@example.com")

    assert done.rows["ops.audience_members"] == 1
    assert set(members(warehouse, audience)) == {"shopify/2"}


def test_what_cannot_be_built_is_said_with_what_can(
    warehouse: Warehouse, shops: Pair, pair: Pair
) -> None:
    with pytest.raises(AudienceRefused, match=r"segment 'vips'.*standard \(43\)"):
        build_audience(
            warehouse.url, AudienceRequest(shops.acme, "x", "vips", built_by="ana")
        )
    with pytest.raises(AudienceRefused, match="Nothing is predicted"):
        build_audience(warehouse.url, request(pair.acme, "x"))
    with pytest.raises(AudienceRefused, match=r"from 0 to 0\.5"):
        build_audience(
            warehouse.url, request(shops.acme, "x", holdout_share=Decimal("0.9"))
        )
    with pytest.raises(UnknownAudience, match="none yet"):
        load_audience(warehouse.url, pair.acme, "x")


def test_a_company_sees_its_own_audiences_only(
    warehouse: Warehouse, shops: Pair
) -> None:
    build_audience(warehouse.url, request(shops.acme, "acme's own"))
    acme, bolt = (
        {
            row["name"]
            for row in warehouse.rows(
                "select name from reporting.audience_uplift",
                role=warehouse.add_reader(company),
            )
        }
        for company in (shops.acme, shops.bolt)
    )

    assert "acme's own" in acme
    assert bolt == set()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        warehouse.rows("select 1 from ops.audience_members", role=f"bi_{shops.bolt}")
    assert "acme's own" not in {
        each.name for each in list_audiences(warehouse.url, shops.bolt)
    }


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


def test_a_planted_effect_is_found_and_none_is_not(
    warehouse: Warehouse, pair: Pair
) -> None:
    other, third = warehouse.add_pair(), warehouse.add_pair().acme
    _experiment(warehouse, pair.acme, extra=8, size=800)
    _experiment(warehouse, other.acme, extra=0, size=800)
    _experiment(warehouse, third, extra=8, size=1000, every=10)
    for company in (pair.acme, other.acme):
        _tell_margin(warehouse, company, "0.5")
    warehouse.build(pair.acme, other.acme, third)

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
    warehouse.build(pair.acme)

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
    warehouse.build(pair.acme)

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
    warehouse.build(pair.acme)

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
    warehouse.build(pair.acme)

    (row,) = warehouse.rows(
        "select * from reporting.audience_uplift where company_id = %s", [pair.acme]
    )
    _coupon(warehouse, pair.acme, row["audience_id"], "CODE")
    assert row["result"] == "gained"
    assert row["revenue_gained"] == Decimal("1800.00")
    assert row["margin_gained"] == Decimal("-450.00")
    assert row["margin_gained_upper"] < 0
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
    warehouse.build(pair.acme)
    query = "select * from reporting.audience_uplift where company_id = %s"
    (before,) = warehouse.rows(query, [pair.acme])
    _coupon(warehouse, pair.acme, before["audience_id"], "CODE", later)
    (after,) = warehouse.rows(query, [pair.acme])

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
    warehouse.build(pair.acme)
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
