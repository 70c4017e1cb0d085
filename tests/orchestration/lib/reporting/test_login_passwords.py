"""Each company's logins have passwords of their own, kept where no reader looks."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from metabase.server.logins import can_sign_in, set_password
from orchestration.cli import app
from orchestration.lib.connections.connection_secrets import rotate_key
from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.login_passwords import (
    login_environment,
    reader_password,
)
from orchestration.lib.tenancy.companies import Company, add_company

_NAMES = {
    "TIMONEL_BI_PASSWORD_ACME",
    "TIMONEL_BI_PASSWORD_BOLT",
    "TIMONEL_ACTIONS_PASSWORD_ACME",
    "TIMONEL_ACTIONS_PASSWORD_BOLT",
}


@pytest.fixture
def url(database_url: str) -> str:
    for company_id in ("acme", "bolt"):
        add_company(database_url, Company(company_id, company_id, "EUR", "UTC"))
    return database_url


@pytest.fixture
def settings(tmp_path: Path, url: str) -> Settings:
    return Settings(tmp_path, url, ())


def test_each_login_has_its_own_password_and_keeps_it(
    url: str, settings: Settings
) -> None:
    made = login_environment(url, settings, {"HOME": "/root"})

    assert set(made) == _NAMES | {"HOME"}
    assert len({made[name] for name in _NAMES}) == len(_NAMES)
    assert min(len(made[name]) for name in _NAMES) >= 40
    assert login_environment(url, settings, {"HOME": "/root"}) == made


def test_the_password_of_one_company_does_not_open_the_login_of_another(
    url: str, settings: Settings
) -> None:
    passwords = {
        company: reader_password(url, settings, company, {})
        for company in ("acme", "bolt")
    }
    with psycopg.connect(url, autocommit=True) as admin:
        for company, password in passwords.items():
            set_password(admin, f"bi_{company}", password)

    assert {
        (login, company): can_sign_in(url, f"bi_{login}", passwords[company])
        for login in passwords
        for company in passwords
    } == {
        ("acme", "acme"): True,
        ("acme", "bolt"): False,
        ("bolt", "acme"): False,
        ("bolt", "bolt"): True,
    }


def test_what_the_environment_gives_is_taken_and_what_it_leaves_empty_is_not(
    url: str, settings: Settings
) -> None:
    given = {"TIMONEL_BI_PASSWORD_ACME": "chosen", "TIMONEL_BI_PASSWORD_BOLT": ""}

    told = login_environment(url, settings, given)

    assert told["TIMONEL_BI_PASSWORD_ACME"] == "chosen"
    assert len(told["TIMONEL_BI_PASSWORD_BOLT"]) >= 40


def test_they_are_kept_encrypted_and_no_reader_sees_even_that(
    url: str, settings: Settings
) -> None:
    password = reader_password(url, settings, "acme", {})

    with psycopg.connect(url) as admin:
        ((kept,),) = admin.execute(
            """select string_agg(encode(encrypted_secrets, 'escape'), '')
            from ops.login_passwords"""
        ).fetchall()
        assert password not in kept
        admin.execute("set role bi_acme")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            admin.execute("select * from ops.login_passwords")


def test_a_row_of_another_company_opens_nothing(url: str, settings: Settings) -> None:
    before = login_environment(url, settings, {})
    with psycopg.connect(url) as admin:
        admin.execute(
            """update ops.login_passwords set encrypted_secrets = (
                select encrypted_secrets from ops.login_passwords
                where company_id = 'acme')"""
        )

    after = login_environment(url, settings, {})

    assert after["TIMONEL_BI_PASSWORD_ACME"] == before["TIMONEL_BI_PASSWORD_ACME"]
    assert after["TIMONEL_BI_PASSWORD_BOLT"] not in before.values()


def test_another_key_keeps_them_and_a_lost_key_makes_new_ones(
    url: str, settings: Settings
) -> None:
    before = login_environment(url, settings, {})

    assert rotate_key(url, settings) == 2
    assert login_environment(url, settings, {}) == before

    (settings.home / "secret.key").unlink()
    after = login_environment(url, settings, {})
    assert not set(before.values()) & set(after.values())
    assert login_environment(url, settings, {}) == after


def test_a_person_can_ask_for_it(
    url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMONEL_DATABASE_URL", url)
    monkeypatch.setenv("TIMONEL_HOME", str(settings.home))

    done = CliRunner().invoke(app, ["metabase", "password", "--company", "acme"])

    assert done.stdout.strip() == reader_password(url, settings, "acme", {})
