"""Settings of a company are shown, changed one by one, and refused when senseless."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli import console as console_module
from orchestration.cli.companies import company
from orchestration.lib.alerts.rules import load_rules
from orchestration.lib.operations.runs import input_version
from orchestration.lib.tenancy.companies import Company, InvalidCompany, add_company
from orchestration.lib.tenancy.company_settings import change_settings, load_settings
from orchestration.lib.tenancy.metric_targets import MetricTarget, load_targets
from orchestration.lib.warehouse.database import connect

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
Timonel = Callable[..., str]


@pytest.fixture
def timonel(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Timonel:
    """Run a command on a database with two companies."""
    add_company(database_url, ACME)
    add_company(database_url, Company("bolt", "Bolt", "CLP", "America/Santiago"))
    monkeypatch.setenv("TIMONEL_HOME", str(tmp_path))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", database_url)

    def run(*arguments: str, code: int = 0) -> str:
        said = StringIO()
        for module, name in (
            (company, "console"),
            (console_module, "console"),
            (console_module, "_errors"),
        ):
            monkeypatch.setattr(module, name, Console(file=said, width=200))
        result = CliRunner().invoke(app, ["company", *arguments])
        output = said.getvalue() + result.output
        assert result.exit_code == code, (output, result.exception)
        return output

    return run


def test_what_is_set_is_shown_and_the_rest_stays(
    timonel: Timonel, database_url: str
) -> None:
    timonel("set", "acme", "--revenue-includes-tax", "--gross-margin-rate", "0.35")
    said = timonel(
        "set", "acme", "--cart-idle-hours", "48", "--value-penalizer", "0.01"
    )

    shown = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line}
    assert shown["revenue_includes_tax"] == ["yes"]
    assert shown["gross_margin_rate"] == ["0.35"]
    assert Decimal(shown["value_penalizer"][0]) == Decimal("0.01")
    assert (shown["cart_idle_hours"], shown["inactivity_days"]) == (["48"], ["60"])
    assert "gross_margin_rate" in timonel("show", "acme")
    assert not load_settings(database_url, "bolt").revenue_includes_tax


def test_a_name_is_shown_as_it_is_written(timonel: Timonel, database_url: str) -> None:
    add_company(database_url, Company("odd", "[red]Odd[/nope]", "EUR", "UTC"))

    assert "[red]Odd[/nope]" in timonel("list")


def test_what_a_customer_is_called_is_computed_by_no_spreadsheet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [
        {"customer": "=HYPERLINK(1)", "orders": -2},
        {"customer": "Ana", "orders": 1},
    ]

    console_module.print_rows(rows, console_module.Format.csv)

    assert capsys.readouterr().out.splitlines() == [
        "customer,orders",
        "'=HYPERLINK(1),-2",
        "Ana,1",
    ]


def test_costs_of_an_order_are_told_and_forgotten_one_by_one(
    timonel: Timonel, database_url: str
) -> None:
    costs = ("shipping_cost_per_order", "payment_fee_rate", "payment_fee_per_order")
    options = [f"--{name.replace('_', '-')}" for name in costs]
    told = dict(zip(options, ("4.50", "0.014", "0.25"), strict=True))
    alone = timonel(
        "set", "acme", *(text for option in told.items() for text in option)
    )
    timonel("set", "acme", "--payment-fee-rate", "none")
    together = timonel("set", "acme", "--gross-margin-rate", "0.6")

    hint = "once --gross-margin-rate is told"
    assert hint in alone
    assert hint not in together

    settings = load_settings(database_url, "acme")
    assert [getattr(settings, name) for name in costs] == [
        *(Decimal("4.5"), None, Decimal("0.25"))
    ]
    others = load_settings(database_url, "bolt")
    assert {getattr(others, name) for name in costs} == {None}


def test_a_margin_can_be_forgotten(timonel: Timonel, database_url: str) -> None:
    timonel("set", "acme", "--gross-margin-rate", "0.35")
    timonel("set", "acme", "--gross-margin-rate", "none")

    assert load_settings(database_url, "acme").gross_margin_rate is None


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--cart-idle-hours", "0"], "cart_idle_hours must be 1 or more"),
        (["--gross-margin-rate", "35"], "between 0 and 1"),
        (["--payment-fee-rate", "1.4"], "payment_fee_rate is a share: write it"),
        (["--payment-fee-per-order", "-0.25"], "is money per order: write it as 0 or"),
        (["--shipping-cost-per-order", "-5"], "shipping_cost_per_order is money per"),
        (["--shipping-cost-per-order", "1e12"], "is money per order: write it as 0"),
        (["--critical-threshold", "0.5"], "must not be below at_risk_threshold (0.700"),
    ],
)
def test_a_senseless_setting_changes_nothing(
    timonel: Timonel, database_url: str, options: list[str], complaint: str
) -> None:
    before = load_settings(database_url, "acme")

    assert complaint in timonel("set", "acme", *options, code=1)

    assert load_settings(database_url, "acme") == before


def test_a_target_is_of_one_month_and_company_until_it_is_forgotten(
    timonel: Timonel, database_url: str
) -> None:
    timonel("target", "acme", "net_sales", "2026-12", "40000")
    said = timonel("target", "acme", "net_sales", "2026-12", "50000.5")

    assert said.split()[-3:] == ["2026-12", "net_sales", "50,000.5"]
    (told,) = json.loads(timonel("targets", "acme", "--format", "json"))
    assert told == {"month": "2026-12", "metric": "net_sales", "target": 50000.5}
    assert "No target" in timonel("targets", "bolt")
    kept = MetricTarget("net_sales", date(2026, 12, 1), Decimal("50000.5"))
    assert load_targets(database_url, "acme") == (kept,)
    timonel("target", "acme", "net_sales", "2026-12", "none")
    assert load_targets(database_url, "acme") == ()


@pytest.mark.parametrize(
    ("metric", "amount", "why"),
    [("customers", "5", "net_sales"), ("spend", "0", "above 0")],
)
def test_a_target_that_cannot_be_met_is_refused(
    timonel: Timonel, database_url: str, metric: str, amount: str, why: str
) -> None:
    assert why in timonel("target", "acme", metric, "2026-12", amount, code=1)
    assert load_targets(database_url, "acme") == ()


def test_limits_beside_a_target_are_rules_of_its_company(
    timonel: Timonel, database_url: str
) -> None:
    limits = ("--warn", "0.3", "--critical", "0.2")
    timonel("target", "acme", "k_factor", "2026-12", "0.4", *limits)

    rules = {rule.rule_id: rule for rule in load_rules(database_url, "acme")}
    told = [
        (rule.severity, rule.comparison, rule.threshold, rule.origin)
        for word in ("warn", "critical")
        if (rule := rules[f"community_standing.k_factor.{word}"])
    ]
    assert told == [
        ("high", "below", 0.3, "edited"),
        ("critical", "below", 0.2, "edited"),
    ]
    others = load_rules(database_url, "bolt")
    assert not [rule for rule in others if rule.metric == "k_factor"]
    turned = ("--warn", "0.2", "--critical", "0.3")
    said = timonel("target", "acme", "k_factor", "2026-12", "0.5", *turned, code=1)
    assert "From the worst on" in said
    assert load_targets(database_url, "acme")[0].target == Decimal("0.4")

    # Without a target the limits are in their order all the same.
    timonel("target", "acme", "k_factor", "2026-12", "none", *turned, code=1)
    assert len(load_targets(database_url, "acme")) == 1


def test_what_is_neither_good_nor_bad_takes_a_target_and_no_limit(
    timonel: Timonel, database_url: str
) -> None:
    said = timonel("target", "acme", "spend", "2026-12", "900", "--warn", "800", code=1)

    assert "neither better nor worse" in said
    assert load_targets(database_url, "acme") == ()


def test_an_unknown_company_and_no_number_are_refused(timonel: Timonel) -> None:
    assert "There is no company 'nobody'" in timonel("show", "nobody", code=1)
    assert "takes a number" in timonel(
        "set", "acme", "--at-risk-threshold", "high", code=2
    )


def test_a_changed_setting_is_a_reason_to_compute_again(database_url: str) -> None:
    add_company(database_url, ACME)
    with connect(database_url, "loader") as database:
        database.execute("create schema raw_files")
        database.execute(
            "create table raw_files.files"
            " (company_id text, file_name text, file_sha256 text)"
        )
    before = input_version(database_url, ACME, date(2026, 1, 1), "code")

    change_settings(database_url, "acme", revenue_includes_tax=True)
    changed = input_version(database_url, ACME, date(2026, 1, 1), "code")
    with connect(database_url, "loader") as database:
        database.execute(
            """insert into raw_webhooks.events (company_id, connection_id, event_key,
                sender, event_type, received_at, delivery_id, payload)
            values ('acme', 'chat', 'a', 'whatsapp', 'status.sent', now(), 1, '{}')"""
        )

    # And so is an event that was delivered.
    delivered = input_version(database_url, ACME, date(2026, 1, 1), "code")
    assert len({before, changed, delivered}) == 3


def test_a_plan_is_set_shown_and_listed_and_computes_nothing_again(
    timonel: Timonel, database_url: str
) -> None:
    with connect(database_url, "loader") as database:
        database.execute("create schema raw_files")
        database.execute(
            "create table raw_files.files"
            " (company_id text, file_name text, file_sha256 text)"
        )
    before = input_version(database_url, ACME, date(2026, 1, 1), "code")
    assert load_settings(database_url, "acme").plan == "pro"

    said = timonel("set", "acme", "--plan", "basic")

    assert "at the next timonel metabase apply" in " ".join(said.split())
    assert "timonel run" not in said
    (shown,) = json.loads(timonel("show", "acme", "--format", "json"))
    assert shown["plan"] == "basic"
    listed = json.loads(timonel("list", "--format", "json"))
    assert {one["company"]: one["plan"] for one in listed} == {
        "acme": "basic",
        "bolt": "pro",
    }
    assert input_version(database_url, ACME, date(2026, 1, 1), "code") == before
    timonel("set", "acme", "--plan", "gold", code=2)
    with pytest.raises(InvalidCompany, match="plan is one of basic, pro"):
        change_settings(database_url, "acme", plan="gold")


def test_a_company_is_removed_when_asked_for_and_no_other(
    timonel: Timonel, database_url: str
) -> None:
    said = timonel("remove", "acme", "--yes")

    assert "rows of" in said
    assert "backups outside the database are not touched" in said
    assert "bolt" in timonel("list")
    assert "acme" not in timonel("list")
    assert "no company 'acme'" in timonel("remove", "acme", "--yes", code=1)


def test_who_does_not_confirm_removes_nothing(timonel: Timonel) -> None:
    timonel("remove", "acme", code=1)

    assert "acme" in timonel("list")
