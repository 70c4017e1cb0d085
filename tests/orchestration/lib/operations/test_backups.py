"""What is backed up comes back on another server, row by row, or not at all."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from orchestration.lib.connections.connection_secrets import (
    load_secrets,
    rotate_key,
    save_secrets,
)
from orchestration.lib.connections.connections import Connection, add_connection
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.backup_keys import PassphraseWrong
from orchestration.lib.operations.backups import BackupBroken, back_up
from orchestration.lib.operations.restores import restore
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.labs import open_lab
from orchestration.lib.tenancy.privacy.erasure import forget
from orchestration.lib.tenancy.privacy.erasure_log import keep_erasures
from orchestration.lib.warehouse.raw_tables import ensure_raw_tables
from tests.conftest import NewServer
from tests.dbt_project import raw_shopify
from tests.dbt_project.raw_shopify import customer, order

ACME = Company("acme", "Acme", "EUR", "Europe/Madrid")
BOLT = Company("bolt", "Bolt", "CLP", "America/Santiago")
PASSPHRASE = "correct horse"
# Who writes a row checks it, with the own rights.
_MADE_BY_AN_ANALYST = """
    create function lab_acme.who() returns boolean language sql
        as $$ select current_user = 'lab_acme' $$;
    create table lab_acme.ideas (idea text check (lab_acme.who()));
    insert into lab_acme.ideas values ('a')
"""
ANA = "ana@example.com"


@pytest.fixture
def origin(database_url: str, tmp_path: Path) -> Settings:
    """Two companies whose customers share ids, and a connection with a secret."""
    settings = Settings(tmp_path / "home", database_url)
    ensure_raw_tables(database_url)
    for company in (ACME, BOLT):
        add_company(database_url, company)
        with psycopg.connect(database_url) as loader:
            for table, row in (
                ("customers", customer("7", ANA)),
                ("customers", customer("8", "bea@example.com")),
                ("orders", order("1", "2026-01-05T10:00:00Z", 10, email=ANA)),
            ):
                raw_shopify.load(loader, company.company_id, table, row)
    as_analyst = make_conninfo(
        database_url, user="lab_acme", password=open_lab(database_url, "acme")
    )
    with psycopg.connect(as_analyst) as analyst:
        analyst.execute(_MADE_BY_AN_ANALYST)
    add_connection(database_url, Connection("acme", "shop", "shopify", {"shop": "a"}))
    save_secrets(database_url, settings, "acme", "shop", {"access_token": "hush"})
    return settings


@pytest.fixture
def empty(new_server: NewServer, tmp_path: Path) -> Iterator[Settings]:
    """Another installation on a server of its own, with nothing in it."""
    with new_server() as server:
        yield Settings(tmp_path / "other", server.start())


def copied(origin: Settings, folder: Path) -> Path:
    back_up(origin, str(origin.database_url), folder, PASSPHRASE, lambda line: None)
    return folder


def bring_back(settings: Settings, folder: Path, passphrase: str = PASSPHRASE) -> int:
    url = str(settings.database_url)
    return restore(settings, url, folder, passphrase, lambda line: None)[1]


def hashes(settings: Settings) -> dict[str, str]:
    """Of each table its rows, in one order."""
    with psycopg.connect(str(settings.database_url)) as database:
        tables = database.execute(
            """select schemaname, tablename from pg_tables
            where schemaname !~ '^(pg_|information_schema)'"""
        ).fetchall()
        query = sql.SQL(
            "select count(*) || md5(coalesce(string_agg(t::text, chr(10)"
            " order by t::text collate \"C\"), '')) from {} as t"
        )
        return {
            f"{schema}.{table}": database.execute(
                query.format(sql.Identifier(schema, table))
            ).fetchall()[0][0]
            for schema, table in tables
        }


def test_an_empty_installation_holds_the_same_rows_afterwards(
    origin: Settings, empty: Settings, tmp_path: Path
) -> None:
    before = hashes(origin)

    assert bring_back(empty, copied(origin, tmp_path / "copy")) == 0

    assert before["raw_shopify.customers"].startswith("4")
    assert before["lab_acme.ideas"].startswith("1")
    assert hashes(empty) == before
    url = str(empty.database_url)
    assert load_secrets(url, empty, "acme", "shop") == {"access_token": "hush"}
    with psycopg.connect(url) as database:
        logins = database.execute(
            "select rolname from pg_roles where rolname ~ '^(bi|actions)_(acme|bolt)$'"
        ).fetchall()
        owner = database.execute(
            "select nspowner::regrole::text from pg_namespace where nspname = 'marts'"
        ).fetchone()
    assert len(logins) == 4
    assert owner == ("transformer",)


def test_who_was_forgotten_since_is_forgotten_again(
    origin: Settings, empty: Settings, tmp_path: Path
) -> None:
    folder, url = copied(origin, tmp_path / "copy"), str(origin.database_url)
    forget(url, origin, "acme", ANA)
    keep_erasures(url, origin)
    kept = (origin.home / "erasures.csv").read_text()
    assert hashlib.sha256(ANA.encode()).hexdigest() not in kept

    # The database is lost with the key in it; the file in the home is not.
    home = Settings(origin.home, empty.database_url)

    assert bring_back(home, folder) == 1
    with psycopg.connect(str(empty.database_url)) as database:
        people = database.execute(
            "select company_id, email from raw_shopify.customers order by 1, 2"
        ).fetchall()
        orders = database.execute(
            "select company_id, email from raw_shopify.orders order by 1"
        ).fetchall()
    assert people == [
        ("acme", "bea@example.com"),
        ("bolt", ANA),
        ("bolt", "bea@example.com"),
    ]
    assert orders == [("acme", None), ("bolt", ANA)]


def test_who_was_forgotten_before_there_were_keys_is_forgotten_again(
    origin: Settings, empty: Settings, tmp_path: Path
) -> None:
    folder = copied(origin, tmp_path / "copy")
    old = hashlib.sha256(ANA.encode()).hexdigest()
    (origin.home / "erasures.csv").write_text(f"acme,{old}\n")
    home = Settings(origin.home, empty.database_url)

    assert bring_back(home, folder) == 1

    assert old not in (origin.home / "erasures.csv").read_text()
    with psycopg.connect(str(empty.database_url)) as database:
        query = "select count(*), count(key_id) from ops.forgotten_people"
        (everybody, keyed) = database.execute(query).fetchall()[0]
    assert everybody == keyed > 0


def test_a_new_key_of_the_secrets_leaves_the_forgotten_known(
    origin: Settings, empty: Settings, tmp_path: Path
) -> None:
    folder, url = copied(origin, tmp_path / "copy"), str(origin.database_url)
    forget(url, origin, "acme", ANA)
    keep_erasures(url, origin)

    assert rotate_key(url, origin) == 2
    keep_erasures(url, origin)

    assert bring_back(Settings(origin.home, empty.database_url), folder) == 1


def test_a_wrong_passphrase_changes_nothing(
    origin: Settings, empty: Settings, tmp_path: Path
) -> None:
    folder, before = copied(origin, tmp_path / "copy"), hashes(empty)

    with pytest.raises(PassphraseWrong, match="does not open the keys"):
        bring_back(empty, folder, "wrong")

    assert hashes(empty) == before
    assert not (empty.home / "secret.key").exists()


def test_a_restore_that_fails_leaves_what_was_there(
    origin: Settings, tmp_path: Path
) -> None:
    folder, url = copied(origin, tmp_path / "copy"), str(origin.database_url)
    before = hashes(origin)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            """create function public.refuse() returns event_trigger
            language plpgsql as $$ begin raise exception 'not today'; end $$"""
        )
        admin.execute(
            "create event trigger refuse on ddl_command_end"
            " when tag in ('CREATE INDEX') execute function public.refuse()"
        )

    with pytest.raises(BackupBroken, match=r"(?s)psql failed.*not today"):
        bring_back(origin, folder)

    assert hashes(origin) == before


def test_rows_that_stop_coming_are_undone(
    origin: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written reads from a pipe, and an early end looks like any other."""
    folder, before = copied(origin, tmp_path / "copy"), hashes(origin)
    started = subprocess.Popen

    def dies(command: list[str], **options: Any) -> subprocess.Popen[Any]:
        if "--section=data" in command:
            words = f"'{command[0]}' {' '.join(command[1:])} | head -c 5000; exit 7"
            command = ["/bin/sh", "-c", words]
        return started(command, **options)

    monkeypatch.setattr(subprocess, "Popen", dies)
    with pytest.raises(BackupBroken, match="pg_restore failed"):
        bring_back(origin, folder)
    monkeypatch.undo()
    with psycopg.connect(str(origin.database_url)) as admin:
        # The server undoes it once it hears that nobody is there.
        admin.execute(
            """select pg_terminate_backend(pid, 10000) from pg_stat_activity
            where datname = current_database() and application_name = 'psql'"""
        )

    assert hashes(origin) == before


def test_what_is_not_whole_is_refused(origin: Settings, tmp_path: Path) -> None:
    folder = copied(origin, tmp_path / "copy")
    unfinished = tmp_path / "unfinished"
    shutil.copytree(folder, unfinished)
    (unfinished / "backup.json").unlink()
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-100])

    with pytest.raises(BackupBroken, match="cut short or changed"):
        bring_back(origin, folder)
    with pytest.raises(BackupBroken, match="holds no whole backup"):
        bring_back(origin, unfinished)


def test_a_folder_that_holds_something_is_left_alone(
    origin: Settings, tmp_path: Path
) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "mine").touch()

    with pytest.raises(BackupBroken, match="holds something already"):
        copied(origin, tmp_path / "copy")


def test_nothing_of_a_company_is_written_while_it_is_copied(
    origin: Settings, tmp_path: Path
) -> None:
    url, free = str(origin.database_url), []

    def look(line: str) -> None:
        if "dumping contents" in line:
            with psycopg.connect(url) as run:
                query = "select pg_try_advisory_lock_shared(hashtext('company acme'))"
                free.append(run.execute(query).fetchone())

    back_up(origin, url, tmp_path / "copy", PASSPHRASE, look)

    assert set(free) == {(False,)}


def test_keys_and_rows_are_for_their_owner_only(
    origin: Settings, tmp_path: Path
) -> None:
    folder = copied(origin, tmp_path / "copy")
    key = (origin.home / "secret.key").read_text().strip()

    assert folder.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())
    assert all(key.encode() not in file.read_bytes() for file in folder.iterdir())
