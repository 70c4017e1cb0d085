"""An analyst writes in one schema, and nobody of another company gets there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.company_removal import remove_company
from orchestration.lib.tenancy.labs import labs, open_lab
from orchestration.lib.warehouse.database import as_role

# As views of reporting are: they read with the rights of who asks.
_VIEW = """create view reporting.bands with (security_invoker) as
    select * from predictions.webinar_lead_bands"""
_LEADS = """insert into predictions.webinar_lead_bands values
    (%s, 'low', '2026-03-20', 2, 1, 0.5, 0.5, 0.1, 0.9)"""

# Whatever of Postgres' own an analyst may ask by name.
_CATALOGUES = """
    select format('%I.%I', relnamespace::regnamespace, relname)
    from pg_class
    where relnamespace::regnamespace::text in ('pg_catalog', 'information_schema')
        and relkind in ('r', 'v') and has_table_privilege(oid, 'select')
"""


@dataclass
class Labs:
    """The labs of two companies in which both have a row of a prediction."""

    url: str
    addresses: dict[str, str]

    def act(self, company_id: str, statement: str) -> list[tuple[object, ...]]:
        """What a company's analyst does, and sees."""
        with psycopg.connect(self.addresses[company_id]) as analyst:
            cursor = analyst.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def telling(self, word: str, company_id: str) -> list[str]:
        """Catalogues of Postgres that tell a company's analyst a word."""
        telling = []
        with psycopg.connect(self.addresses[company_id], autocommit=True) as analyst:
            for (catalogue,) in analyst.execute(_CATALOGUES).fetchall():
                query = f"select count(*) from {catalogue} as t where t::text ~ %s"
                with suppress(psycopg.errors.InsufficientPrivilege):
                    if analyst.execute(query.encode(), (word,)).fetchone() != (0,):
                        telling.append(catalogue)
        return telling


@pytest.fixture
def two(database_url: str) -> Iterator[Labs]:
    addresses = {}
    with psycopg.connect(as_role(database_url, "transformer")) as platform:
        platform.execute(_VIEW)
    for company in ("acme", "bolt"):
        add_company(database_url, Company(company, company, "EUR", "UTC"))
        addresses[company] = make_conninfo(
            database_url,
            user=f"lab_{company}",
            password=open_lab(database_url, company),
        )
        with psycopg.connect(database_url) as admin:
            admin.execute(_LEADS, (company,))
    made = Labs(database_url, addresses)
    made.act("acme", "create table lab_acme.ideas as select 1 as idea")
    yield made
    with psycopg.connect(database_url, autocommit=True) as admin:
        for company in ("acme", "bolt"):
            admin.execute(f"drop schema if exists lab_{company} cascade".encode())
            admin.execute(f"drop role if exists lab_{company}".encode())


def test_an_analyst_makes_tables_of_the_companys_rows_and_no_others(two: Labs) -> None:
    two.act(
        "acme",
        """create table lab_acme.bands as
        select company_id from reporting.bands""",
    )

    assert two.act("acme", "select * from lab_acme.bands") == [("acme",)]
    assert labs(two.url) == ["acme", "bolt"]


@pytest.mark.parametrize(
    "attempt",
    [
        "select * from lab_bolt.ideas",
        "create table lab_bolt.t (x int)",
        "create table public.t (x int)",
        "create table marts.t (x int)",
        "create schema mine",
        "delete from reporting.bands",
        "select * from predictions.webinar_lead_bands",
        "select * from ops.connections",
        "select * from raw_webhooks.events",
        "set role bi_bolt",
        "set role transformer",
        "select pg_read_file('server.log')",
        "alter schema lab_acme owner to lab_acme",
        "drop schema lab_acme cascade",
        "grant usage on schema lab_acme to bi_bolt",
    ],
)
def test_what_an_analyst_may_not(two: Labs, attempt: str) -> None:
    if attempt.startswith("grant"):
        # Postgres says that nothing was granted, and goes on.
        two.act("acme", attempt)
        query = "select has_schema_privilege('bi_bolt', 'lab_acme', 'usage')"
        assert two.act("acme", query) == [(False,)]
        return
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        two.act("acme", attempt)


@pytest.mark.parametrize(
    "attempt",
    [
        "select usename from pg_stat_activity",
        "select * from pg_locks",
        "select pg_stat_get_backend_userid(1)",
        "select * from pg_stat_get_backend_idset()",
        "select pg_blocking_pids(1)",
        "select * from pg_stat_progress_copy",
        "select * from pg_statistic",
    ],
)
def test_who_else_is_at_work_is_not_shown(two: Labs, attempt: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        two.act("acme", attempt)


def test_no_catalogue_tells_a_value_of_another_company(two: Labs) -> None:
    two.act(
        "bolt",
        """create table lab_bolt.plans as
        select 'hush-hush' as plan from generate_series(1, 500)""",
    )
    two.act("bolt", "analyze lab_bolt.plans")
    told = "select most_common_vals::text from pg_stats where tablename = 'plans'"
    assert two.act("bolt", told) == [("{hush-hush}",)]
    with psycopg.connect(two.url, autocommit=True) as admin:
        admin.execute(
            """update predictions.webinar_lead_bands set band = 'high'
            where company_id = 'bolt'"""
        )
        admin.execute("analyze predictions.webinar_lead_bands")

    assert two.telling("hush-hush", "bolt") == ["pg_catalog.pg_stats"]
    assert two.telling("hush-hush", "acme") == []
    of_bands = "select count(*) from pg_stats where tablename = 'webinar_lead_bands'"
    assert two.act("acme", of_bands) == [(0,)]


def test_a_function_of_an_analyst_is_shown_the_own_rows_only(two: Labs) -> None:
    """However cheap it claims to be: what is not leakproof waits for the policy."""
    two.act(
        "acme",
        """create function lab_acme.peek(seen text) returns boolean language plpgsql
        cost 0.0000001 as $$ begin raise notice '%', seen; return true; end $$""",
    )
    heard: list[str | None] = []
    with psycopg.connect(two.addresses["acme"]) as analyst:
        analyst.add_notice_handler(lambda told: heard.append(told.message_primary))
        analyst.execute(
            "select 1 from reporting.bands where lab_acme.peek(company_id)"
        ).fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            analyst.execute("alter function lab_acme.peek leakproof")

    assert heard == ["acme"]


@pytest.mark.parametrize(
    "role",
    [
        *("loader", "transformer", "scientist", "orchestrator", "bi_reader"),
        *("bi_bolt", "actions_acme"),
    ],
)
def test_neither_platform_nor_another_company_reads_it(two: Labs, role: str) -> None:
    two.act("acme", "grant all on lab_acme.ideas to public")
    with (
        psycopg.connect(as_role(two.url, role)) as database,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        database.execute("select * from lab_acme.ideas")


def test_the_companys_people_see_it_and_it_leaves_with_the_company(two: Labs) -> None:
    two.act("acme", "create table lab_acme.own (company_id text)")
    with psycopg.connect(as_role(two.url, "bi_acme")) as reader:
        assert reader.execute("select * from lab_acme.ideas").fetchall() == [(1,)]

    remove_company(two.url, "acme")

    with psycopg.connect(two.url) as admin:
        left = admin.execute(
            """select nspname from pg_namespace where nspname ~ '^lab_'
            union all select rolname from pg_roles where rolname = 'lab_acme'"""
        ).fetchall()
    assert left == [("lab_bolt",)]


def test_every_policy_of_readers_knows_analysts(database_url: str) -> None:
    with psycopg.connect(database_url) as admin:
        unknown = admin.execute(
            """select polrelid::regclass::text from pg_policy
            where pg_get_expr(polqual, polrelid) like '%''bi\\_''%'
                and pg_get_expr(polqual, polrelid) not like '%''lab\\_''%'"""
        ).fetchall()
    # A table that a migration adds: see `_OF_ANALYST_TOO` in 0072.
    assert unknown == []
