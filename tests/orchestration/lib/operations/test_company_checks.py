"""What waits for a person at a company is found, and whose it is."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from orchestration.lib.alerts.channels import Channel, add_channel
from orchestration.lib.alerts.rules import default_rules, save_rule
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.company_checks import examine_companies
from orchestration.lib.operations.findings import Finding
from orchestration.lib.tenancy.companies import Company, add_company


@pytest.fixture
def url(database_url: str) -> str:
    for name in ("acme", "bolt"):
        add_company(database_url, Company(name, name, "EUR", "Europe/Madrid"))
    return database_url


def found(url: str) -> dict[str, Finding]:
    return {each.subject: each for each in examine_companies(url)}


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url) as database:
        database.execute(statement.encode())


def test_a_company_without_a_channel_is_told_until_it_has_one(
    url: str, settings: Settings
) -> None:
    assert found(url)["acme: alerts"].outcome == "warning"

    channel = Channel("team", ["critical"], "en")
    add_channel(url, settings, "acme", channel, "jsons://gateway.example.com/path")

    assert found(url).keys() == {"bolt: alerts"}


def test_a_channel_by_which_nothing_goes_out_is_broken_until_something_does(
    url: str, settings: Settings
) -> None:
    channel = Channel("team", ["critical"], "en")
    add_channel(url, settings, "acme", channel, "jsons://gateway.example.com/path")
    execute(
        url,
        """insert into ops.alert_deliveries (company_id, notice, channel_id, purpose,
            title, body, state, due_at, claimed_at, last_error)
        values ('acme', '1', 'team', 'first', '', '', 'failed', now(), now(),
            'no answer')""",
    )

    broken = found(url)["acme: alerts"]
    assert (broken.outcome, broken.seen) == (
        "broken",
        "nothing goes out by team: no answer",
    )
    assert "timonel alerts test --company acme" in broken.remedy

    execute(
        url,
        """insert into ops.alert_deliveries (company_id, notice, channel_id, purpose,
            title, body, state, due_at, claimed_at, sent_at)
        values ('acme', '2', 'team', 'first', '', '', 'sent', now(),
            now() + interval '1 minute', now() + interval '1 minute')""",
    )
    assert "acme: alerts" not in found(url)


def test_a_rule_with_a_typo_is_named_with_what_was_meant(url: str) -> None:
    rule = next(each for each in default_rules(()) if each.kind == "event")
    save_rule(url, "acme", replace(rule, metric="run_faild"))

    seen = found(url)[f"acme: rule {rule.rule_id}"]

    assert "Did you mean run_failed?" in seen.seen
    assert f"bolt: rule {rule.rule_id}" not in found(url)

    save_rule(url, "acme", replace(rule, metric="run_faild", is_enabled=False))
    assert f"acme: rule {rule.rule_id}" not in found(url)


def test_a_gate_is_told_while_the_newest_fit_is_blocked(url: str) -> None:
    fit = """insert into predictions.model_fits values ('acme', '{id}', '2026-01-31',
        '2026-01-31', 'bg_nbd', '1', '{status}', '{reason}', '', 1, 1, null, '{{}}',
        now() + interval '{minute} minutes')"""
    execute(url, fit.format(id="1", status="published", reason="", minute=0))
    assert "acme: predictions" not in found(url)

    blocked = {"id": "2", "status": "blocked", "reason": "Too few orders.", "minute": 1}
    execute(url, fit.format(**blocked))
    assert found(url)["acme: predictions"].outcome == "broken"
    assert "Too few orders." in found(url)["acme: predictions"].seen

    execute(url, fit.format(id="3", status="published", reason="", minute=2))
    assert "acme: predictions" not in found(url)


def test_records_that_wait_are_counted_and_dropped_ones_are_not(url: str) -> None:
    execute(
        url,
        """insert into ops.quarantined_records
            (company_id, source, stream, record_hash, reason, review)
        values ('acme', 'shopify', 'orders', 'a', 'no date', null),
            ('acme', 'shopify', 'orders', 'b', 'no date', null),
            ('acme', 'shopify', 'orders', 'c', 'no amount', 'dropped')""",
    )

    seen = found(url)

    assert seen["acme: quarantine"].seen == "2 records wait: 2 no date"
    assert "bolt: quarantine" not in seen
