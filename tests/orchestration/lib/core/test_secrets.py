"""Secrets are unreadable without their key, and outside their own row."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from orchestration.lib.connections.connection_secrets import (
    load_secrets,
    locked_secrets,
    rotate_key,
    save_secrets,
)
from orchestration.lib.connections.connections import Connection, add_connection
from orchestration.lib.core.secrets import KeyFile, SecretsUnreadable, Vault, new_key
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.warehouse.database import as_role

_SECRETS = {"access_token": "shpat_marker"}


@pytest.fixture
def url(database_url: str) -> str:
    for company_id in ("acme", "bolt"):
        add_company(database_url, Company(company_id, company_id, "EUR", "UTC"))
        add_connection(database_url, Connection(company_id, "shop", "shopify", {}))
    return database_url


@pytest.fixture
def settings(tmp_path: Path, url: str) -> Settings:
    return Settings(tmp_path, url)


def _sealed(url: str, company_id: str = "acme") -> bytes:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select encrypted_secrets from ops.connections where company_id = %s",
            (company_id,),
        ).fetchone()
    assert row is not None
    return bytes(row[0])


def test_what_is_stored_is_read_back_and_not_in_clear(
    url: str, settings: Settings
) -> None:
    save_secrets(url, settings, "acme", "shop", _SECRETS)

    assert load_secrets(url, settings, "acme", "shop") == _SECRETS
    assert b"marker" not in _sealed(url)


def test_a_connection_without_secrets_needs_no_key(
    url: str, settings: Settings
) -> None:
    assert load_secrets(url, settings, "acme", "shop") == {}
    assert not KeyFile(settings.home).exists()


def test_the_key_file_is_its_owners_alone(url: str, settings: Settings) -> None:
    save_secrets(url, settings, "acme", "shop", _SECRETS)

    assert KeyFile(settings.home).path.stat().st_mode & 0o777 == 0o600


def test_a_key_file_that_others_can_read_is_not_used(
    url: str, settings: Settings
) -> None:
    save_secrets(url, settings, "acme", "shop", _SECRETS)
    path = KeyFile(settings.home).path
    path.chmod(0o640)

    with pytest.raises(SecretsUnreadable, match=f"chmod 600 {path}"):
        load_secrets(url, settings, "acme", "shop")


def test_a_lost_key_is_said_and_not_replaced(url: str, settings: Settings) -> None:
    save_secrets(url, settings, "acme", "shop", _SECRETS)
    KeyFile(settings.home).path.unlink()

    with pytest.raises(SecretsUnreadable, match="Bring it back"):
        load_secrets(url, settings, "acme", "shop")
    assert not KeyFile(settings.home).exists()


def test_a_row_copied_to_another_company_does_not_open_there(
    url: str, settings: Settings
) -> None:
    save_secrets(url, settings, "acme", "shop", _SECRETS)
    with psycopg.connect(url) as connection:
        connection.execute(
            "update ops.connections set encrypted_secrets = %s", (_sealed(url),)
        )

    with pytest.raises(
        SecretsUnreadable, match="bolt/shop: its secrets belong to acme"
    ):
        load_secrets(url, settings, "bolt", "shop")


def test_the_first_key_of_the_environment_encrypts_and_all_decrypt(
    url: str, tmp_path: Path
) -> None:
    old, new = new_key(), new_key()
    before = Settings(tmp_path, url, (old,))
    save_secrets(url, before, "acme", "shop", _SECRETS)
    both = Settings(tmp_path, url, (new, old))

    assert load_secrets(url, both, "acme", "shop") == _SECRETS
    assert rotate_key(url, both) == 1
    assert (
        load_secrets(url, Settings(tmp_path, url, (new,)), "acme", "shop") == _SECRETS
    )
    with pytest.raises(SecretsUnreadable, match="no key at hand"):
        load_secrets(url, before, "acme", "shop")


def test_one_key_in_the_environment_cannot_be_rotated(url: str, tmp_path: Path) -> None:
    with pytest.raises(SecretsUnreadable, match="Put a new one before it"):
        rotate_key(url, Settings(tmp_path, url, (new_key(),)))


def test_a_key_that_is_none_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(SecretsUnreadable, match="timonel secrets new-key"):
        save_secrets(url, Settings(tmp_path, url, ("x",)), "acme", "shop", _SECRETS)


def test_rotating_leaves_one_new_key_and_every_secret(
    url: str, settings: Settings
) -> None:
    save_secrets(url, settings, "acme", "shop", _SECRETS)
    save_secrets(url, settings, "bolt", "shop", {"client_secret": "other"})
    old_keys, old_sealed = KeyFile(settings.home).read(), _sealed(url)

    assert rotate_key(url, settings) == 2

    keys = KeyFile(settings.home).read()
    assert len(keys) == 1
    assert keys != old_keys
    assert _sealed(url) != old_sealed
    assert load_secrets(url, settings, "acme", "shop") == _SECRETS
    assert load_secrets(url, settings, "bolt", "shop") == {"client_secret": "other"}


@pytest.mark.parametrize("killed_after", ["the new key", "the new secrets"])
def test_a_killed_rotation_loses_nothing(
    url: str, settings: Settings, killed_after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_secrets(url, settings, "acme", "shop", _SECRETS)
    writes = 1 if killed_after == "the new secrets" else 0
    write = KeyFile.write

    def dying(self: KeyFile, keys: list[str]) -> None:
        if len(keys) == 1:
            raise KeyboardInterrupt
        write(self, keys)

    with monkeypatch.context() as patch:
        patch.setattr(KeyFile, "write", dying)
        if not writes:
            patch.setattr(Vault, "seal", lambda *_: (_ for _ in ()).throw(OSError()))
        with pytest.raises((KeyboardInterrupt, OSError)):
            rotate_key(url, settings)

    assert len(KeyFile(settings.home).read()) == 2
    assert load_secrets(url, settings, "acme", "shop") == _SECRETS
    rotate_key(url, settings)
    assert load_secrets(url, settings, "acme", "shop") == _SECRETS
    assert len(KeyFile(settings.home).read()) == 1


def test_what_changes_under_the_lock_is_kept_and_a_failure_keeps_nothing(
    url: str, settings: Settings
) -> None:
    save_secrets(url, settings, "acme", "shop", _SECRETS)

    with locked_secrets(url, settings, "acme", "shop") as secrets:
        secrets["access_token"] = "second"
    with pytest.raises(OSError, match="cut"):
        _cut_off(url, settings)

    assert load_secrets(url, settings, "acme", "shop") == {"access_token": "second"}


def _cut_off(url: str, settings: Settings) -> None:
    with locked_secrets(url, settings, "acme", "shop") as secrets:
        secrets["access_token"] = "third"
        raise OSError("cut")


@pytest.mark.parametrize("role", ["transformer", "loader", "scientist", "bi_acme"])
def test_no_other_role_reads_secrets(url: str, role: str) -> None:
    with (
        psycopg.connect(as_role(url, role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("select encrypted_secrets from ops.connections")


def test_the_rest_of_a_connection_can_be_read_for_reports(url: str) -> None:
    with psycopg.connect(as_role(url, "transformer")) as connection:
        rows = connection.execute(
            "select company_id, source_slug, state from ops.connections order by 1"
        ).fetchall()

    assert rows == [("acme", "shopify", "untested"), ("bolt", "shopify", "untested")]


def test_settings_do_not_show_keys_when_printed(tmp_path: Path) -> None:
    settings = Settings(tmp_path, "postgresql://u:hidden@h/d", ("hidden",))

    assert "hidden" not in repr(settings)
