"""What is wrong with an installation is found, with what to do about it."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.lib.connections.connection_secrets import save_secrets
from orchestration.lib.connections.connection_states import record_failure, record_read
from orchestration.lib.connections.connections import (
    Connection,
    add_connection,
    files_connection,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations import doctor as examination
from orchestration.lib.operations import service_checks as services_examined
from orchestration.lib.operations.doctor import Finding, examine
from orchestration.lib.operations.runs import recorded_run
from orchestration.lib.operations.scheduled_runs import FinishedRun, record_finished_run
from orchestration.lib.tenancy.companies import Company, add_company

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
SHOP = Connection("acme", "shopify", "shopify", {"shop": "acme"})


@pytest.fixture
def settings(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.delenv("METABASE_URL", raising=False)
    # Another `timonel dev` may run on this machine.
    monkeypatch.setattr(services_examined, "_PORT", 0)
    return Settings(home=tmp_path, database_url=database_url)


def found(settings: Settings, now: datetime | None = None) -> dict[str, Finding]:
    moment = now or datetime.now(UTC)
    return {each.subject: each for each in examine(settings, moment, lambda: None)}


def test_a_new_installation_lacks_a_company_and_a_scheduler(settings: Settings) -> None:
    seen = found(settings)

    assert {name: each.outcome for name, each in seen.items()} == {
        "Python": "fine",
        "packages": "fine",
        "disk": "fine",
        "database": "fine",
        "readers": "fine",
        "database's size": "fine",
        "code location": "fine",
        "scheduler": "warning",
        "history": "fine",
        "dbt": "fine",
        "companies": "warning",
    }
    assert seen["companies"].remedy == "timonel company add my_shop"
    size = re.fullmatch(
        r"the database holds ([\d.]+) GiB: (\w+ [\d.]+ GiB, ){2}\w+ [\d.]+ GiB",
        seen["database's size"].seen,
    )
    assert size is not None


def test_a_server_that_does_not_answer_ends_the_examination(tmp_path: Path) -> None:
    url = "postgresql://user:hunter2@127.0.0.1:1/timonel"

    settings = Settings(home=tmp_path, database_url=url)

    *_, last = examine(settings, datetime.now(UTC), lambda: None)

    assert (last.subject, last.outcome) == ("database", "broken")
    assert "127.0.0.1:1" in last.seen
    assert "hunter2" not in last.seen


def test_a_company_is_judged_by_its_last_finished_run(settings: Settings) -> None:
    url = str(settings.database_url)
    add_company(url, ACME)
    assert found(settings)["acme"].remedy == "timonel run --company acme"

    with recorded_run(url, "acme", date(2026, 6, 29), "one"):
        pass
    assert found(settings)["acme"] == Finding(
        "acme", "fine", "computed as of 2026-06-29"
    )

    with (
        pytest.raises(RuntimeError),
        recorded_run(url, "acme", date(2026, 6, 30), "two"),
    ):
        raise RuntimeError("the shop moved\nand much more")
    assert found(settings)["acme"].outcome == "broken"
    assert found(settings)["acme"].seen == "its last run failed: the shop moved"

    # Orders read an hour later mend no night.
    moment = datetime.now(UTC)
    hourly = FinishedRun(
        *("acme", "hourly", "refresh_operations", date(2026, 6, 30), "succeeded"),
        *(None, None, moment, moment),
    )
    record_finished_run(url, hourly)
    assert found(settings)["acme"].seen == "its last run failed: the shop moved"


def test_a_connection_shows_the_first_thing_that_is_wrong(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(settings.database_url)
    add_company(url, ACME)
    add_connection(url, SHOP)
    save_secrets(url, settings, "acme", "shopify", {"access_token": "s3cret"})

    def outcome(now: datetime | None = None) -> tuple[str, str]:
        seen = found(settings, now)["acme/shopify"]
        assert "s3cret" not in f"{seen}"
        return seen.outcome, seen.seen

    assert outcome() == ("warning", "never read")
    record_read(url, SHOP)
    assert outcome()[0] == "fine"
    late = datetime.now(UTC) + timedelta(days=3, minutes=5)
    assert outcome(late) == ("warning", "last read 3 days ago")
    record_failure(url, SHOP, "the token was refused")
    assert outcome(late) == ("broken", "the token was refused")
    (settings.home / "secret.key").unlink()
    assert outcome()[0] == "broken"
    assert "no key" in outcome()[1]


def test_a_file_that_was_moved_is_named(settings: Settings, tmp_path: Path) -> None:
    url = str(settings.database_url)
    export = tmp_path / "orders.csv"
    export.write_text("customer_id,date,amount\n")
    add_company(url, ACME)
    add_connection(url, files_connection("acme", export))
    export.unlink()

    assert found(settings)["acme/orders"].seen == f"there is nothing at {export}"


@pytest.mark.parametrize(
    ("free", "outcome"), [(2**40, "fine"), (2**30, "warning"), (2**20, "broken")]
)
def test_a_disk_that_fills_is_seen_before_it_is_full(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, free: int, outcome: str
) -> None:
    def usage(_: Path) -> SimpleNamespace:
        return SimpleNamespace(free=free)

    monkeypatch.setattr(shutil, "disk_usage", usage)

    assert found(settings)["disk"].outcome == outcome


def test_other_versions_than_the_tested_ones_are_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "psycopg==0.0.1 \\\n    --hash=sha256:00\n"
        "pywin32==1 ; sys_platform == 'win32' \\\n"
        "not-a-package-of-ours==1 \\\n"
    )
    monkeypatch.setattr(examination, "_LOCK", lock)

    seen = found(settings)["packages"]

    assert seen.outcome == "warning"
    assert seen.seen == "not the versions that were tested: psycopg"


def test_the_command_exits_with_1_when_something_is_broken(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMONEL_HOME", str(settings.home))
    monkeypatch.setenv("TIMONEL_DATABASE_URL", str(settings.database_url))
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0

    add_company(str(settings.database_url), ACME)
    add_connection(str(settings.database_url), SHOP)
    record_failure(str(settings.database_url), SHOP, "the token was refused")

    assert CliRunner().invoke(app, ["doctor"]).exit_code == 1
