"""Rescue coupons: off by default, within limits, for one audience, made once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from dagster import build_sensor_context
from psycopg import sql
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli import console as console_module
from orchestration.cli.audiences import coupon
from orchestration.defs.decisions.requests import action_requests
from orchestration.lib.activation.audiences.exports import (
    ExportRequest,
    export_audience,
)
from orchestration.lib.activation.coupons import issuance as making
from orchestration.lib.activation.coupons.allowances import Allowance, allow, forbid
from orchestration.lib.activation.coupons.coupon_records import (
    Coupon,
    list_coupons,
    open_uses,
)
from orchestration.lib.activation.coupons.coupon_requests import read_coupon_request
from orchestration.lib.activation.coupons.issuance import (
    COUPON,
    UnknownCoupon,
    approve,
    coupon_handler,
    decline,
)
from orchestration.lib.activation.coupons.refusals import CouponRefused
from orchestration.lib.connections.connection_secrets import save_secrets
from orchestration.lib.connections.connections import Connection, add_connection
from orchestration.lib.reporting.action_answers import Answered, answer_waiting
from orchestration.lib.reporting.action_requests import add_request, list_requests
from orchestration.lib.tenancy.companies import writer_role
from orchestration.lib.warehouse.warehouse import Warehouse as Resource
from sandbox import shopify
from sandbox.shopify.documents import customer_versions, discount_versions
from sandbox.simulation.companies import TIENDA_NORTE
from tests.dbt_project.pushed_audiences import HELD_BACK, PUSHED, Pushing, pushing
from tests.dbt_project.warehouse import Warehouse
from tests.sandbox.shopify.shops import a_customer, a_discount

SLUG = "tienda_norte"
SCOPES = (*TIENDA_NORTE.scopes, "write_customers", "write_discounts")


@pytest.fixture
def to(warehouse: Warehouse, tmp_path: Path) -> Iterator[Pushing]:
    """Acme's audience is at its shop, as a tag; coupons are still off."""
    with pushing(warehouse, tmp_path, shopify.routes) as found:
        told = found.world.credentials(SLUG, "shopify")
        connection = Connection(
            found.pair.acme, "shopify", "shopify", dict(told.settings)
        )
        add_connection(found.url, connection)
        save_secrets(
            *(found.url, found.settings, found.pair.acme, "shopify", told.secrets)
        )
        found.world.grant(SLUG, "shopify", SCOPES)
        for number in (*PUSHED, *HELD_BACK):
            customers = customer_versions(a_customer(int(number)))
            found.world.store.add(SLUG, "shopify/customers", customers)
        found.allow("shopify")
        found.push("shopify")
        yield found


def limits(to: Pushing, **changes: Any) -> None:
    """Allow coupons of acme: at most 20 %, 100 uses, made at once."""
    told = {"max_percent": 20, "max_uses": 100, "needs_approval": False, **changes}
    allow(to.url, to.settings, Allowance(to.pair.acme, changed_by="ana", **told))


def ask(to: Pushing, company_id: str = "", **payload: Any) -> Answered:
    """Ask for a coupon of 10 % and have it answered."""
    company = company_id or to.pair.acme
    told = {"audience": to.name, "percent": 10, **payload}
    asked = {key: value for key, value in told.items() if value is not None}
    add_request(to.url, company, COUPON, asked, str(uuid4()), "ana")
    return answer(to, company)


def answer(to: Pushing, company_id: str = "") -> Answered:
    company = company_id or to.pair.acme
    return answer_waiting(to.url, company, coupon_handler(to.settings, to.log.append))


def reason(to: Pushing, company_id: str = "") -> str:
    """Why the newest request was refused."""
    newest = list_requests(to.url, company_id or to.pair.acme, COUPON)[0]
    assert newest.state == "refused"
    return str(newest.reason)


def the_coupon(to: Pushing) -> Coupon:
    (found,) = list_coupons(to.url, to.pair.acme)
    return found


def in_the_shop(to: Pushing, kind: str = "discounts") -> list[dict[str, Any]]:
    bodies = to.world.store.bodies(SLUG, f"shopify/{kind}")
    return [msgspec.json.decode(body) for body in bodies]


def test_coupons_are_off_until_somebody_allows_them(to: Pushing) -> None:
    assert ask(to) == Answered(refused=1)
    assert "coupon switch-on" in reason(to)
    limits(to)
    forbid(to.url, to.pair.acme, "ana")
    assert ask(to) == Answered(refused=1)

    assert in_the_shop(to) == []
    assert list_coupons(to.url, to.pair.acme) == []


def test_a_shop_that_lacks_the_scope_leaves_them_off(to: Pushing) -> None:
    to.world.grant(SLUG, "shopify", (*TIENDA_NORTE.scopes, "write_customers"))

    with pytest.raises(CouponRefused, match="lacks write_discounts"):
        limits(to)
    assert ask(to) == Answered(refused=1)


def test_a_coupon_is_for_the_tagged_only_once_each_and_ends(to: Pushing) -> None:
    limits(to)

    assert ask(to, days=7) == Answered(done=1)

    made, (discount,) = the_coupon(to), in_the_shop(to)
    (segment,) = in_the_shop(to, "segments")
    assert (made.state, made.usage_limit) == ("created", 6)
    assert made.percent == 10
    assert discount["code"] == made.code
    assert float(discount["percentage"]) == 0.1
    assert (discount["usage_limit"], discount["is_once_per_customer"]) == (6, True)
    assert discount["segment_ids"] == [segment["id"]]
    assert segment["query"] == f"customer_tags CONTAINS '{made.tag}'"
    assert made.starts_at is not None
    assert made.ends_at is not None
    assert (made.ends_at - made.starts_at).days == 7
    assert discount["ends_at"][:10] == f"{made.ends_at:%Y-%m-%d}"


def test_asked_for_twice_it_is_one_and_otherwise_refused(to: Pushing) -> None:
    limits(to)
    ask(to)

    assert ask(to) == Answered(done=1)
    assert len(in_the_shop(to)) == 1
    assert ask(to, percent=15) == Answered(refused=1)
    assert the_coupon(to).code in reason(to)
    assert len(in_the_shop(to)) == 1


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"percent": 20.5}, "20.5 % is more than the 20 %"),
        ({"uses": 101}, "101 uses and the 0 of coupons"),
        ({"percent": "a lot"}, "percent cannot be read: 'a lot'"),
        ({"percent": 0}, "above 0"),
        ({"percent": "NaN"}, "percent cannot be read"),
        ({"percent": 0.004}, "above 0"),
        ({"percent": "1e-99999999"}, "above 0"),
        ({"uses": 1.5}, "whole number"),
        ({"days": 400}, "from 1 to 365"),
        ({"days": "1e999999999"}, "from 1 to 365"),
        ({"audience": ["a", "list"]}, "Name an audience"),
        ({"audience": "of nobody"}, "no audience 'of nobody'"),
        ({"audience": None}, "Name an audience"),
        ({"percent": None}, "without the margin of"),
        ({"percent": ""}, "without the margin of"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    to: Pushing, payload: dict[str, Any], said: str
) -> None:
    limits(to)

    assert ask(to, **payload) == Answered(refused=1)
    assert said in reason(to)
    assert in_the_shop(to) == []


def test_one_that_cannot_be_answered_is_refused_and_the_next_is_made(
    to: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(to)
    told = making.list_pushes  # type: ignore[attr-defined]

    def fails_once(url: str, company_id: str) -> Any:
        monkeypatch.setattr(making, "list_pushes", told)
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr(making, "list_pushes", fails_once)
    for key in ("bad", "good"):
        payload = {"audience": to.name, "percent": 10}
        add_request(to.url, to.pair.acme, COUPON, payload, key, "ana")

    assert answer(to) == Answered(done=1, refused=1)
    bad = list_requests(to.url, to.pair.acme, COUPON)[-1]
    assert f"the log has it under request {str(bad.id)[:8]}" in (bad.reason or "")
    assert "secret" not in (bad.reason or "")
    assert len(in_the_shop(to)) == 1


def test_a_lost_connection_leaves_the_request_open(
    to: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(to)

    def lost(*_: object) -> Any:
        raise psycopg.OperationalError("server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(making, "list_pushes", lost)
        with pytest.raises(psycopg.OperationalError):
            ask(to)

    assert answer(to) == Answered(done=1)


def test_an_audience_that_is_not_at_the_shop_has_no_coupon(to: Pushing) -> None:
    limits(to)
    to.warehouse.execute(
        "delete from ops.audience_pushes where company_id = %s", [to.pair.acme]
    )

    assert ask(to) == Answered(refused=1)
    assert "--to shopify" in reason(to)


def test_without_a_percentage_the_smallest_that_was_proven_is_taken(
    to: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(to)
    monkeypatch.setattr(making, "proven_percent", lambda *_: read("7.5"))

    ask(to, percent=None)

    made = the_coupon(to)
    assert (float(made.percent), made.is_percent_proven) == (7.5, True)


def read(percent: str) -> Any:
    return read_coupon_request({"audience": "x", "percent": percent}).percent


def test_it_waits_for_approval_where_that_is_asked(to: Pushing) -> None:
    limits(to, needs_approval=True)

    assert ask(to) == Answered(done=1)
    waiting = the_coupon(to)
    assert (waiting.state, waiting.ends_at) == ("waiting", None)
    assert in_the_shop(to) == []
    with pytest.raises(UnknownCoupon, match=waiting.code):
        approve(to.url, to.settings, to.pair.acme, "NOPE", "bo", to.log.append)
    with pytest.raises(UnknownCoupon):
        approve(to.url, to.settings, to.pair.bolt, waiting.code, "bo", to.log.append)

    for _ in range(2):
        made = approve(
            to.url, to.settings, to.pair.acme, waiting.code, "bo", to.log.append
        )
    assert (made.state, made.approved_by) == ("created", "bo")
    assert len(in_the_shop(to)) == 1


def test_killed_after_it_was_made_it_is_found_by_its_code(
    to: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(to)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(making, "keep_made", killed)
        with pytest.raises(KeyboardInterrupt):
            ask(to)
    assert the_coupon(to).state == "approved"
    assert len(in_the_shop(to)) == 1

    assert answer(to) == Answered(done=1)
    assert the_coupon(to).state == "created"
    assert len(in_the_shop(to)) == 1


def test_a_lost_answer_makes_no_second_coupon(to: Pushing) -> None:
    limits(to)
    # The token, the segments, the segment, the code; the coupon's answer is cut.
    to.fail("truncated_body", path_contains="graphql", after=3, times=1)

    assert ask(to) == Answered(done=1)
    assert len(in_the_shop(to)) == 1


def test_a_code_of_somebody_else_is_left_to_them(to: Pushing) -> None:
    limits(to, needs_approval=True)
    ask(to)
    first = the_coupon(to).code
    theirs = a_discount(77, code=first.lower(), title="summer")
    to.world.store.add(SLUG, "shopify/discounts", discount_versions(theirs))

    made = approve(to.url, to.settings, to.pair.acme, first, "bo", to.log.append)

    assert made.code != first
    assert {each["code"] for each in in_the_shop(to)} == {first.lower(), made.code}


def test_a_shop_that_refuses_is_told_and_asked_again_on_request(to: Pushing) -> None:
    limits(to)
    to.world.grant(SLUG, "shopify", (*TIENDA_NORTE.scopes, "write_customers"))

    assert ask(to) == Answered(refused=1)
    assert "write_discounts" in reason(to)
    assert the_coupon(to).state == "failed"

    to.world.grant(SLUG, "shopify", SCOPES)
    assert ask(to) == Answered(done=1)
    assert the_coupon(to).state == "created"


def test_uses_of_all_coupons_together_have_a_limit(to: Pushing) -> None:
    limits(to, max_uses=8, needs_approval=True)
    ask(to)
    to.warehouse.execute(
        """insert into ops.audiences select company_id, gen_random_uuid(), 'other',
            segment_id, prediction_as_of_date, holdout_share, segment_customer_count,
            without_consent_count, without_address_count, built_at, built_by
        from ops.audiences where company_id = %s""",
        [to.pair.acme],
    )
    name, to.name = to.name, "other"
    to.warehouse.execute(
        """insert into ops.audience_members
        select company_id, %s::uuid, customer_id, is_held_back, predicted_value_12m
        from ops.audience_members where company_id = %s""",
        [
            to.warehouse.rows(
                """select audience_id from ops.audiences
                where company_id = %s and name = 'other'""",
                [to.pair.acme],
            )[0]["audience_id"],
            to.pair.acme,
        ],
    )
    to.push("shopify")

    assert ask(to) == Answered(refused=1)
    assert "6 uses and the 6 of coupons" in reason(to)
    assert ask(to, uses=2) == Answered(done=1)
    assert {each.audience_name for each in list_coupons(to.url, to.pair.acme)} == {
        name,
        "other",
    }


def test_one_that_failed_and_whose_days_are_over_gets_new_ones(to: Pushing) -> None:
    limits(to)
    to.world.grant(SLUG, "shopify", (*TIENDA_NORTE.scopes, "write_customers"))
    ask(to, days=7)
    first = the_coupon(to)
    to.warehouse.execute(
        """update ops.coupons set starts_at = now() - interval '20 days',
            ends_at = now() - interval '13 days' where company_id = %s""",
        [to.pair.acme],
    )
    to.world.grant(SLUG, "shopify", SCOPES)

    made = approve(to.url, to.settings, to.pair.acme, first.code, "bo", to.log.append)

    assert made.state == "created"
    assert made.starts_at is not None
    assert made.ends_at is not None
    assert made.starts_at > first.requested_at
    assert (made.ends_at - made.starts_at).days == 7
    assert made.code != first.code
    (discount,) = in_the_shop(to)
    assert (discount["code"], discount["ends_at"][:10]) == (
        made.code,
        f"{made.ends_at:%Y-%m-%d}",
    )


def test_one_that_failed_and_whose_days_go_on_keeps_them(to: Pushing) -> None:
    limits(to)
    to.world.grant(SLUG, "shopify", (*TIENDA_NORTE.scopes, "write_customers"))
    ask(to)
    first = the_coupon(to)
    to.world.grant(SLUG, "shopify", SCOPES)

    made = approve(to.url, to.settings, to.pair.acme, first.code, "bo", to.log.append)

    assert (made.code, made.starts_at, made.ends_at) == (
        first.code,
        first.starts_at,
        first.ends_at,
    )


def test_what_waits_is_approved_within_the_limits_of_that_day(to: Pushing) -> None:
    limits(to, needs_approval=True)
    ask(to)
    code = the_coupon(to).code
    for changes, said in (
        ({"max_uses": 5}, "6 uses and the 0 of coupons"),
        ({"max_percent": 5}, "more than the 5 %"),
    ):
        limits(to, needs_approval=True, **changes)
        with pytest.raises(CouponRefused, match=said):
            approve(to.url, to.settings, to.pair.acme, code, "bo", to.log.append)
    assert the_coupon(to).state == "waiting"
    assert in_the_shop(to) == []

    limits(to, needs_approval=True, max_uses=6)
    made = approve(to.url, to.settings, to.pair.acme, code, "bo", to.log.append)
    assert made.state == "created"


def test_what_is_declined_frees_its_uses_and_may_be_asked_for_otherwise(
    to: Pushing,
) -> None:
    limits(to, needs_approval=True, max_uses=6)
    ask(to, percent=15)
    first = the_coupon(to)
    with pytest.raises(UnknownCoupon):
        decline(to.url, to.pair.bolt, first.code, "bo")

    declined = decline(to.url, to.pair.acme, first.code.lower(), "bo")

    assert (declined.state, declined.reason) == ("declined", "Declined by bo.")
    assert open_uses(to.url, to.pair.acme, declined.requested_at) == 0
    (row,) = to.warehouse.rows(
        "select state_label_en from reporting.coupon_requests where company_id = %s",
        [to.pair.acme],
    )
    assert row["state_label_en"] == "Declined"
    assert ask(to, percent=10) == Answered(done=1)
    again = the_coupon(to)
    assert (again.state, float(again.percent)) == ("waiting", 10)
    made = approve(to.url, to.settings, to.pair.acme, again.code, "bo", to.log.append)
    with pytest.raises(CouponRefused, match="end it there"):
        decline(to.url, to.pair.acme, made.code, "bo")
    assert the_coupon(to).state == "created"


def test_a_list_names_the_code_to_those_who_may_use_it(
    to: Pushing, tmp_path: Path
) -> None:
    def exported(destination: str, *, is_holdout: bool = False) -> list[dict[str, str]]:
        path = tmp_path / f"{destination}_{is_holdout}.csv"
        asked = ExportRequest(to.pair.acme, to.name, destination, "ana", is_holdout)
        export_audience(to.url, asked, path)
        with path.open(newline="") as file:
            return list(csv.DictReader(file))

    limits(to, needs_approval=True)
    ask(to)
    assert "coupon_code" not in exported("csv")[0]
    made = approve(
        *(to.url, to.settings, to.pair.acme, the_coupon(to).code, "bo", to.log.append)
    )

    for destination, column in (
        ("csv", "coupon_code"),
        ("klaviyo", "timonel_coupon_code"),
        ("whatsapp", "coupon_code"),
    ):
        rows = exported(destination)
        assert len(rows) == len(PUSHED)
        assert {row[column] for row in rows} == {made.code}
        assert list(rows[0])[-1] == column
    for destination in ("meta", "google"):
        assert made.code not in str(exported(destination))
    kept = exported("csv", is_holdout=True)
    assert len(kept) == len(HELD_BACK)
    assert made.code not in str(kept)

    # What is over is named to nobody.
    to.warehouse.execute(
        "update ops.coupons set starts_at = now() - interval '20 days',"
        " ends_at = now() - interval '6 days' where company_id = %s",
        [to.pair.acme],
    )
    assert "coupon_code" not in exported("csv")[0]


def test_nobody_asks_for_another_company_s_customers(to: Pushing) -> None:
    limits(to)
    bolt = to.pair.bolt
    assert ask(to, bolt) == Answered(refused=1)
    assert "Coupons are off" in reason(to, bolt)

    role = sql.Identifier(writer_role(bolt))
    with psycopg.connect(to.url, autocommit=True) as database:
        database.execute(
            sql.SQL("create role {} login in role action_writer").format(role)
        )
        try:
            database.execute(sql.SQL("set role {}").format(role))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(
                    """insert into ops.action_requests (company_id, kind, payload)
                    values (%s, 'coupon', '{}')""",
                    [to.pair.acme],
                )
            database.execute(
                """insert into ops.action_requests (kind, payload)
                values ('coupon', jsonb_build_object('audience', %s::text))""",
                [to.name],
            )
        finally:
            database.execute("reset role")
            database.execute(sql.SQL("drop owned by {0}").format(role))
            database.execute(sql.SQL("drop role {}").format(role))
    assert answer(to) == Answered()
    assert answer(to, bolt) == Answered(refused=1)
    assert in_the_shop(to) == []
    reader = to.warehouse.add_reader(bolt)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        to.warehouse.rows("select 1 from ops.coupons", role=reader)


def test_the_sensor_answers_what_came_through_metabase(
    to: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMONEL_HOME", str(to.settings.home))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", to.url)
    limits(to)
    payload = {"audience": to.name, "percent": 10}
    add_request(to.url, to.pair.acme, COUPON, payload, "a click", "metabase")

    told = action_requests(build_sensor_context(), warehouse=Resource())

    assert f"{to.pair.acme}: coupon 1 done, 0 refused" in str(told)
    assert the_coupon(to).requested_by == "metabase"
    assert len(in_the_shop(to)) == 1


@pytest.fixture
def timonel(to: Pushing, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command of `timonel coupon` for acme; what it said."""
    monkeypatch.setenv("TIMONEL_HOME", str(to.settings.home))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", to.url)

    def run(*arguments: str, code: int = 0) -> str:
        said = StringIO()
        for module, name in (
            (coupon, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=250))
        command = ["coupon", *arguments, "--company", to.pair.acme]
        result = CliRunner().invoke(app, command)
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def test_the_command_line_asks_approves_and_lists(
    to: Pushing, timonel: Callable[..., str]
) -> None:
    asking = ("request", "--audience", to.name, "--percent", "12.5")

    off = timonel(*asking, code=1)
    on = timonel("switch-on", "--max-percent", "15", "--max-uses", "50")
    waits = timonel(*asking)
    code = the_coupon(to).code
    made = timonel("approve", code.lower())
    again = timonel(*asking)
    listed = timonel("list")

    assert "Coupons are off" in off
    assert "at most 15 %, 50 uses in all; each waits for `approve`" in on
    assert f"timonel coupon approve {code}" in waits
    assert "It is in the shop until" in made
    assert "It is in the shop until" in again
    assert "12.5 %" in listed
    assert "refused: Coupons are off" in listed
    assert len(in_the_shop(to)) == 1
    assert "are off now" in timonel("switch-off")


def test_the_command_line_declines(to: Pushing, timonel: Callable[..., str]) -> None:
    limits(to, needs_approval=True)
    ask(to)
    code = the_coupon(to).code

    assert f"{code} is declined" in timonel("decline", code, "--by", "bo")
    listed = timonel("list")
    assert "declined" in listed
    assert f"{code}: Declined by bo." in listed
    assert "has no coupon 'NOPE'" in timonel("decline", "NOPE", code=1)
