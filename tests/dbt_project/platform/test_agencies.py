"""An agency reads how its clients are doing, and nothing else of anybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from metabase.content.company import Company as Reader
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.server.logins import set_password
from orchestration.lib.reporting.client_summaries import (
    load_summaries,
    summarise_clients,
)
from orchestration.lib.tenancy.agencies import (
    add_agency,
    add_clients,
    remove_client,
)
from orchestration.lib.tenancy.companies import Company, UnknownCompany
from orchestration.lib.tenancy.company_removal import remove_company
from tests.dbt_project.warehouse import Warehouse
from tests.metabase.pages.asked_cards import answer

SALES = "insert into marts.performance_changes values (%s, %s, 'net_sales', 1, %s, %s)"
FAILED = """
    insert into ops.runs (company_id, run_id, as_of_date, input_version, status,
        started_at, finished_at)
    values (%s, 'late', '2026-03-01', '', 'failed', now(), now())
"""
SEEN = "select client_id, net_sales, attention from reporting.agency_clients order by 1"
# What would show another agency's client, if anything did.
ATTEMPTS = (
    "set role bi_{other}",
    "set session authorization bi_{other}",
    "insert into ops.agency_clients values ('{agency}', '{client}')",
    "update ops.client_summaries set company_id = '{agency}'",
    "alter table ops.client_summaries disable row level security",
    "drop policy company_reads_own_rows on ops.client_summaries",
    "grant bi_{other} to bi_{agency}",
    "create view public.all_of_them as select * from ops.client_summaries",
)
LOOKS = (
    "select client_id from reporting.agency_clients where company_id = '{other}'",
    "select client_id from ops.client_summaries where client_id = '{client}'",
    "select client_id from ops.agency_clients where client_id = '{client}'",
    "select company_id from reporting.performance_changes_by_month",
    "select company_id from marts.performance_changes",
)


@dataclass(frozen=True)
class Agencies:
    """Two, each with a client of its own and one that both serve."""

    url: str
    one: str
    two: str
    clients: tuple[str, str, str]

    def login(self, agency: str) -> psycopg.Connection:
        """The connection that Metabase has for it."""
        with psycopg.connect(self.url, autocommit=True) as admin:
            set_password(admin, f"bi_{agency}", "an agency's")
        info = make_conninfo(self.url, user=f"bi_{agency}", password="an agency's")
        return psycopg.connect(info, autocommit=True)

    def seen_by(self, agency: str) -> list[tuple[object, ...]]:
        with self.login(agency) as connection:
            return connection.execute(SEEN).fetchall()


@pytest.fixture
def agencies(warehouse: Warehouse) -> Iterator[Agencies]:
    first, second = warehouse.add_pair(), warehouse.add_pair()
    one, two = f"one_{first.acme}", f"two_{first.acme}"
    for agency in (one, two):
        add_agency(warehouse.url, Company(agency, agency, "EUR", "UTC"))
    clients = (first.acme, first.bolt, second.acme)
    told = ((10, -0.3), (20, 0.2), (30, None))
    for client, (sales, change) in zip(clients, told, strict=True):
        for month in ("2026-01-01", "2026-02-01"):
            warehouse.execute(SALES, [client, month, sales, change])
    add_clients(warehouse.url, one, [clients[0], clients[2]])
    add_clients(warehouse.url, two, [clients[1], clients[2]])
    summarise_clients(warehouse.url)
    yield Agencies(warehouse.url, one, two, clients)
    for company_id in (one, two):
        with suppress(UnknownCompany):
            remove_company(warehouse.url, company_id)


def test_an_agency_sees_its_clients_and_no_other_s(
    agencies: Agencies, warehouse: Warehouse
) -> None:
    acme, bolt, both = agencies.clients

    assert agencies.seen_by(agencies.one) == [
        (acme, 10, "falling"),
        (both, 30, "none"),
    ]
    assert agencies.seen_by(agencies.two) == sorted(
        [(bolt, 20, "none"), (both, 30, "none")]
    )
    # Nor does a client see who serves it, or how.
    assert warehouse.rows(SEEN, role=warehouse.add_reader(acme)) == []


def test_no_card_of_an_agency_tells_of_another_s_client(agencies: Agencies) -> None:
    """Every card, as the login of one; then the other's client is gone."""
    reader = Reader(agencies.one, "One", "EUR", "agency")
    cards = load_content(CONTENT_ROOT, reader, "es").cards.values()
    questions = [card.default_sql() for card in cards]
    with agencies.login(agencies.one) as login:
        before = [answer(login, question, {}) for question in questions]
        remove_company(agencies.url, agencies.two)
        after = [answer(login, question, {}) for question in questions]

    kinds, answers = zip(*before, strict=True)
    assert set(kinds) == {"rows"}
    assert agencies.clients[0] in str(answers) or "Acme" in str(answers)
    assert "Bolt" not in str(answers)
    assert agencies.clients[1] not in str(answers)
    assert before == after


def test_an_agency_cannot_get_at_another_s_clients(agencies: Agencies) -> None:
    names = {
        "agency": agencies.one,
        "other": agencies.two,
        "client": agencies.clients[1],
    }
    with agencies.login(agencies.one) as login:
        for attempt in ATTEMPTS:
            with pytest.raises(psycopg.Error):
                login.execute(attempt.format(**names).encode())
        for look in LOOKS:
            try:
                found = login.execute(look.format(**names).encode()).fetchall()
            except psycopg.errors.InsufficientPrivilege:
                continue
            assert found == [], look


def test_who_leaves_an_agency_is_seen_no_more_at_once(agencies: Agencies) -> None:
    acme, _, both = agencies.clients
    assert remove_client(agencies.url, agencies.one, both)
    assert not remove_client(agencies.url, agencies.one, both)

    assert [row[0] for row in agencies.seen_by(agencies.one)] == [acme]
    assert both in [row[0] for row in agencies.seen_by(agencies.two)]

    remove_company(agencies.url, acme)
    assert agencies.seen_by(agencies.one) == []


def test_who_is_summarised_again_is_who_something_happened_to(
    agencies: Agencies, warehouse: Warehouse
) -> None:
    acme, bolt, _ = agencies.clients
    assert summarise_clients(agencies.url) == 0

    warehouse.execute(FAILED, [bolt])
    warehouse.execute(SALES, [acme, "2026-03-01", 99, 0.1])

    assert summarise_clients(agencies.url) == 1
    assert (acme, 10, "falling") in agencies.seen_by(agencies.one)


def test_what_keeps_numbers_from_being_right_comes_first(
    agencies: Agencies, warehouse: Warehouse
) -> None:
    acme, _, both = agencies.clients
    warehouse.execute(
        """update ops.client_summaries set stale_reason = null,
            last_read_at = %s, open_alert_count = 1 where client_id = %s""",
        [datetime.now(UTC) - timedelta(hours=37), both],
    )
    attention = {row[0]: row[2] for row in agencies.seen_by(agencies.one)}
    assert attention == {acme: "falling", both: "late"}
    new = warehouse.add_pair().acme
    add_clients(agencies.url, agencies.one, [new])
    summarise_clients(agencies.url)
    assert (new, None, "stale") in agencies.seen_by(agencies.one)
    assert remove_client(agencies.url, agencies.one, new)
    shown = load_summaries(agencies.url, agencies.one)
    assert [row["client"] for row in shown] == [both, acme]

    warehouse.execute(
        "update ops.client_summaries set failing_connection_count = 1 "
        "where client_id = %s",
        [both],
    )
    warehouse.execute(
        "update ops.client_summaries set stale_reason = 'same_past' "
        "where client_id = %s",
        [acme],
    )
    attention = {row[0]: row[2] for row in agencies.seen_by(agencies.one)}
    assert attention == {acme: "blocked", both: "failing"}
