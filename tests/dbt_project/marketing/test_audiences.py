"""Audiences: who is in, who is kept back, and what is given out."""

from __future__ import annotations

import csv
import fcntl
import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.activation.audiences.exports import (
    ExportRequest,
    export_audience,
)
from orchestration.lib.activation.audiences.holdouts import COUNTED_DAYS, kept_back_now
from orchestration.lib.activation.audiences.membership import (
    Audience,
    AudienceRefused,
    AudienceRequest,
    UnknownAudience,
    build_audience,
    list_audiences,
    load_audience,
)
from orchestration.lib.activation.audiences.segments import segment_sizes
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.privacy.erasure import forget
from tests.dbt_project.marketplace_rows import marketplace_file, user
from tests.dbt_project.raw_files import RawFile
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
    # Of an export that was killed, and of one that is being written.
    killed, written = tmp_path / ".list.csv.aaaaaaaa", tmp_path / ".list.csv.bbbbbbbb"
    killed.touch()
    with written.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        header, *rows = exported(
            warehouse, shops.acme, "list", "csv", tmp_path / "list.csv"
        )

    assert (killed.exists(), written.exists()) == (False, True)
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
    warehouse: Warehouse, settings: Settings, pair: Pair
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

    done = forget(warehouse.url, settings, pair.acme, "buyer1@example.com")

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
