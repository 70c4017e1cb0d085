"""Alerts on the command line: addresses stay hidden, rules can be changed."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import alert_channels, alert_rules, alerts, app
from orchestration.cli import console as console_module
from orchestration.lib.alerts.rules import load_rules
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.warehouse.database import connect
from tests.orchestration.lib.alerts.conftest import serving

Timonel = Callable[..., str]


@pytest.fixture
def timonel(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Timonel:
    """Run a command on a database with a company."""
    add_company(database_url, Company("acme", "Acme", "EUR", "Europe/Madrid"))
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)

    def run(*arguments: str, code: int = 0, typed: str = "") -> str:
        said = StringIO()
        for module, name in (
            (alerts, "console"),
            (alert_channels, "console"),
            (alert_rules, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=250))
        result = CliRunner().invoke(
            app, ["alerts", *arguments, "--company", "acme"], input=typed
        )
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def test_a_channel_is_tried_and_its_address_never_shown(timonel: Timonel) -> None:
    with serving() as hook:
        said = timonel("channel", "add", "team", typed=hook.address)
        said += timonel("channel", "list")
        said += timonel("test")
        hook.status = 500
        said += timonel("test", code=1)

    assert hook.subjects == ["Prueba de alertas de Acme"] * 2
    assert "T0K3NMARKER" not in said
    assert "team" in timonel("channel", "remove", "team")
    assert "no channel yet" in timonel("test", code=1)


def test_what_is_due_is_sent_without_a_scheduler(
    timonel: Timonel, database_url: str
) -> None:
    with connect(database_url, "orchestrator") as database:
        database.execute(
            """insert into ops.runs values ('acme', 'r', '2026-11-22', '', 'failed',
                'the disk is full', now(), now())"""
        )
    timonel("delays", "high", "--first", "0", "--escalate", "60")
    with serving() as hook:
        timonel("channel", "add", "team", "--language", "en", typed=hook.address)
        hook.status = 500
        refused = timonel("send", code=1)
        assert "acme, channel team: " in refused
        assert "T0K3NMARKER" not in refused

        # It waits a minute before it tries again; that is not a failure of this round.
        timonel("send")
        with connect(database_url, "orchestrator") as database:
            database.execute("update ops.alert_deliveries set due_at = now()")
        hook.status, hook.posts = 200, []
        timonel("send")
        timonel("send")

    assert hook.subjects == ["[high] Acme: Failed: the full run"]


def test_a_rule_is_added_changed_and_switched_off(
    timonel: Timonel, database_url: str
) -> None:
    metric = "customer_value_segment_totals.customer_count"
    timonel(
        *("set", "few_vips", "--metric", metric, "--where", "segment_id=vip"),
        *("--below", "10", "--severity", "critical"),
    )
    timonel("set", "source_late", "--threshold", "30", "--off")

    rules = {rule.rule_id: rule for rule in load_rules(database_url, "acme")}
    mine = rules["few_vips"]
    assert (mine.relation, mine.metric) == tuple(metric.split("."))
    assert (mine.comparison, mine.threshold, mine.severity) == ("below", 10, "critical")
    assert (mine.scope, mine.origin, mine.status) == (
        *({"segment_id": "vip"}, "edited"),
        "owner",
    )
    assert (rules["source_late"].threshold, rules["source_late"].is_enabled) == (
        *(30, False),
    )
    assert "few_vips" in timonel("rules")


def test_who_wants_to_know_of_leaving_vips_says_when_and_from_how_many(
    timonel: Timonel, database_url: str
) -> None:
    rule_id = "vip_churn.vip_churn_rate.warn"
    timonel("set", rule_id, "--threshold", "0.05", "--at-least", "20")

    rules = {rule.rule_id: rule for rule in load_rules(database_url, "acme")}
    mine = rules[rule_id]
    assert (mine.comparison, mine.threshold, mine.unit) == ("above", 0.05, "share")
    assert (mine.sample, mine.sample_minimum) == ("vip_customer_count", 20)
    shown = timonel("rules")
    assert rule_id in shown
    assert "from 20 vip_customer_count on" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("set", "source_late", "--at-least", "5"), "Nothing tells how many"),
        (("set", "source_lat", "--off"), "no rule 'source_lat'"),
        (("set", "mine", "--metric", "kpi_months.churn"), "no metric"),
        (("set", "source_late"), "Say what to change"),
        (("set", "source_late", "--severity", "huge"), "one of medium, high, critical"),
        (("ack", "7"), "no open alert 7"),
        (("hours", "--quiet", "night"), "two times"),
        (("hours", "--quiet", "22:00-none"), "two times"),
        (("hours", "--quiet", "08:00-08:00"), "last no time"),
        (("hours", "--digest", "late"), "is no time"),
        (("hours", "--digest", "09:00+02:00"), "names a zone"),
        (("delays", "high", "--first", "nan", "--escalate", "2"), "at most 10,080"),
        (("delays", "high", "--first", "1", "--escalate", "inf"), "at most 10,080"),
        (("delays", "huge", "--first", "1", "--escalate", "2"), "A severity is one of"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    timonel: Timonel, arguments: tuple[str, ...], told: str
) -> None:
    assert told in timonel(*arguments, code=1)


def test_a_typo_in_a_rule_is_found_by_looking(
    timonel: Timonel, database_url: str
) -> None:
    assert "can be looked at" in timonel("check")
    with connect(database_url, "orchestrator") as database:
        database.execute(
            """update ops.alert_rules set metric = 'source_lat', origin = 'edited'
            where rule_id = 'source_late'"""
        )

    assert "Did you mean source_late?" in timonel("check", code=1)


def test_hours_and_delays_are_kept(timonel: Timonel, database_url: str) -> None:
    timonel("hours", "--quiet", "22:00-08:00", "--digest", "09:00")
    said = timonel("hours", "--quiet", "none")
    timonel("delays", "high", "--first", "1", "--escalate", "30")

    assert "never" in said
    assert "09:00" in said
    with connect(database_url, "orchestrator") as database:
        row = database.execute(
            """select severity, extract(epoch from delay)::integer,
                extract(epoch from escalate_after)::integer
            from ops.escalation_policy"""
        ).fetchone()
    assert row == ("high", 60, 1800)


def test_nothing_is_wrong_at_first(timonel: Timonel) -> None:
    assert "Nothing is wrong." in timonel("list")
