"""Through a company's connection nobody reads, or feels, another company's rows.

Every card is run as the login Metabase uses, with every combination of its parameters
and with texts that try to break out. Then the other companies' rows are deleted: if
any of them had had a part in an answer, the answer would change.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from metabase.content.company import Company
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.server.logins import set_password
from tests.metabase.pages.asked_cards import HOSTILE, answer, asked

ACME = Company("acme", "Acme Música", "EUR")
# What the shop bolt of other tests has nothing of, or the same as acme; later, so that
# it comes first in lists.
BOLT_TOO = (
    """alerts values ('bolt', 1, 'Alta', 'open', 1, 'Abierta', 'Falló', 'Mire',
        '1997-10-01', null)""",
    """accuracy_totals values ('bolt', 1, 'Pedidos', 7, 7, 0.5, 0.9, 0.1,
        '1998-01-01')""",
    """recommendations values ('bolt', 't', '1999-01-01', 'Suba', 'Hecha', true, 1, 2,
        1, 3, 2, true, 'open', null, 'sponsorship_ending')""",
    """scenario_grades values ('bolt', 's', 'De bolt', 'graded', '1999-01-01',
        '1999-02-01', 1, 1, 2, 2, 0)""",
    """model_gates values ('bolt', 'bolt_gate', 'De bolt', 'blocked', '1999-01-01')""",
    """forecast_grades values ('bolt', '1998-01-01', 30, '1998-01-31', 1, 0, 2, 1, true,
        true, '1998-01-01')""",
    """marketing_curve_points values ('bolt', 'revenue', 'Meta Ads', 7777, 777, true,
        77, 1777, true)""",
    """budget_grid values ('bolt', 'revenue', 'TikTok Ads', 500, 500, 77, 7, 177)""",
    """saved_scenarios select 'bolt', '9', 'De bolt', '2030-01-01', 'done', 'Listo',
        null, '2030-01-02', '2030-02-01', 7, 7, 7, 7, 7, 7, 7, 0.7, 7, 7, 7, 7, 7,
        0.7""",
    """incremental_returns values ('bolt', '1999-01-01', 0.9, 77, 7, 177, 'Sí', null, 7,
        0.7, 0.7, 'Todo')""",
    """event_latency values ('bolt', 'shopify', 'readable', 100, 5, 9, 30)""",
    """cohort_retention values ('bolt', '1997-08-01', 1, 99, 0.99)""",
    """cohort_returns_by_month values ('bolt', '1997-08-01', 0, 99, 9, 9, 9, 0)""",
    """community_by_month values ('bolt', '1999-01-01', true, 77, 77, 77, 77, 0.7,
        0.7)""",
    *(
        f"""community_kpis (company_id, month_start_date, metric_name)
        values ('bolt', '1999-01-01', '{metric}')"""
        for metric in ("k_factor", "retention_window_30")
    ),
    *(
        f"""community_period_changes (company_id, period_kind, period_start_date,
        period_end_date) values ('bolt', '{kind}', '1999-01-01', '1999-01-07')"""
        for kind in ("week", "quarter")
    ),
    """kpi_months values ('bolt', '1997-10-01', '1997-10-31', true, 99, 9, 9, 9, 99, 9,
        9, 999, 99, 9, 9, 9, 3, 99, 9, 999, 99)""",
    *(
        f"""webinar_live_counters values ('bolt', 'W9', 'live_{name}_count', 'Late',
        '1997-08-20', '1997-08-20', '1997-08-20', '1997-08-20', 'live', 77, 777, 9,
        true, 0.7)"""
        for name in ("registrant", "attendee", "conversion")
    ),
    """webinar_cohort_results values ('bolt', '1997-02-01', 0, 99, 77, 7, 0.7, 0.1,
        0.9)""",
    *(
        f"""saas_kpis (company_id, metric_name, unit, place, kpi_label_es,
        month_start_date, kpi_value, baseline_value)
        values ('bolt', 'of_{unit}', '{unit}', 9, 'De bolt', '1999-01-01', 0.7, 1)"""
        for unit in ("share", "money", "score")
    ),
    """accounts_now (company_id, account_id, account_name, as_of_date, usage_intensity,
        risk_place) values ('bolt', 'b1', 'De bolt', '1999-01-01', 77, 0)""",
    """webinar_months values ('bolt', '1997-10-01', true, true, 99, 99, 9, 0.9, 0.9, 9,
        9, 9, 0.9)""",
)


@pytest.fixture
def login(reporting_url: str) -> Iterator[psycopg.Connection]:
    """The connection that Metabase has for acme."""
    with psycopg.connect(reporting_url, autocommit=True) as admin:
        set_password(admin, ACME.role, "reader secret")
        for row in BOLT_TOO:
            admin.execute(f"insert into reporting.{row}".encode())
    with psycopg.connect(
        reporting_url, user=ACME.role, password="reader secret", autocommit=True
    ) as connection:
        yield connection


def test_every_card_would_tell_if_rows_did_not_stay_apart(
    login: psycopg.Connection, reporting_url: str
) -> None:
    """Else the test below could not fail: bolt has rows that each answer would show."""
    cards = load_content(CONTENT_ROOT, ACME).cards.values()
    with psycopg.connect(reporting_url, autocommit=True) as everything:
        same = [
            card.path.stem
            for card in cards
            if answer(login, card.default_sql(), {})
            == answer(everything, card.default_sql(), {})
        ]

    assert same == [], "\n".join(same)


def test_no_answer_depends_on_another_companys_rows(
    login: psycopg.Connection, reporting_url: str
) -> None:
    cards = list(load_content(CONTENT_ROOT, ACME).cards.values())
    before = {key: answer(login, *one) for card in cards for key, one in asked(card)}

    _delete_the_others(reporting_url)

    after = {key: answer(login, *one) for card in cards for key, one in asked(card)}
    assert len(before) > len(cards)
    assert [key for key in before if before[key] != after[key]] == []
    assert [key for key in before if not key[1] and before[key][0] == "error"] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_pasted_into_the_sql_reads_nothing_of_others(
    login: psycopg.Connection, text: str, reporting_url: str
) -> None:
    """Metabase binds texts; here it is supposed that it would not."""
    query = f"select * from reporting.customer_values where customer_id = '{text}'"

    before = answer(login, query, {})
    _delete_the_others(reporting_url)

    assert answer(login, query, {}) == before


@pytest.mark.parametrize(
    "statement",
    [
        "set role bi_bolt",
        "set session authorization bi_bolt",
        "select * from marts.orders",
        "insert into reporting.customer_values (company_id) values ('acme')",
        "delete from reporting.customer_values",
        "select * from ops.metabase_settings",
        "select * from ops.metabase_objects",
    ],
)
def test_an_analyst_with_sql_of_their_own_gets_no_further(
    login: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute(sql.SQL(statement))


def _delete_the_others(url: str) -> None:
    with psycopg.connect(url) as admin:
        tables = admin.execute(
            """
            select table_name from information_schema.columns
            where table_schema = 'reporting' and column_name = 'company_id'
            """
        ).fetchall()
        for (table,) in tables:
            admin.execute(
                sql.SQL("delete from {} where company_id <> 'acme'").format(
                    sql.Identifier("reporting", table)
                )
            )
