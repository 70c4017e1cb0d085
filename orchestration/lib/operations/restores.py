"""Bring a backup back, all of it or nothing, and forget again who was forgotten."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.backup_keys import bring_back_keys, unseal
from orchestration.lib.operations.backups import (
    Backup,
    BackupBroken,
    pour,
    read_backup,
    run_program,
)
from orchestration.lib.tenancy.companies import ensure_logins, list_companies
from orchestration.lib.tenancy.company_removal import all_companies_still
from orchestration.lib.tenancy.labs import ensure_lab, lab_role, open_lab
from orchestration.lib.tenancy.privacy.erasure import forget_returned
from orchestration.lib.tenancy.privacy.erasure_log import add_erasures, keep_erasures
from orchestration.lib.warehouse.database import migrate

__all__ = ["restore"]

# In the transaction of the restore: what fails leaves what was there.
_EMPTY = r"""
    set client_min_messages = warning;
    do $$ declare present name; begin
        for present in
            select nspname from pg_namespace
            where nspname !~ '^(pg_|information_schema$)' and nspname <> 'public'
        loop
            execute format('drop schema %I cascade', present);
        end loop;
    end $$;
"""
# Before the rows, which are in no file on their way, and after them.
_DEFINITIONS = ("pre-data", "post-data")
_PSQL = (
    *("psql", "--no-psqlrc", "--quiet", "--single-transaction"),
    "--set=ON_ERROR_STOP=1",
)
_GRANTS_AS_ANOTHER = re.compile(r"^(SET|RESET) SESSION AUTHORIZATION")
_DEFINES = re.compile(r"^(ALTER|GRANT|REVOKE|CREATE SCHEMA) ")


def restore(
    settings: Settings,
    url: str,
    folder: Path,
    passphrase: str,
    progress: Callable[[str], None],
) -> tuple[Backup, int]:
    """Replace everything in the database by a backup.

    Roles belong to the server and are made here; passwords of the companies' logins
    are not copied. An older backup is migrated. Who was forgotten after it was made, as
    the present database or the file in the home tells, is forgotten again.

    Returns
    -------
    tuple
        The backup, and how many people were forgotten again.

    Raises
    ------
    BackupBroken, PassphraseWrong
        The database is as it was.
    """
    backup = read_backup(folder)
    keys = unseal(Backup.keys(folder), passphrase)
    bring_back_keys(settings, keys)
    erasures = keep_erasures(url, settings)
    for company_id in backup.labs:
        # What is restored names these logins.
        ensure_logins(url, company_id)
        with psycopg.connect(url) as database:
            ensure_lab(database, company_id)
    with all_companies_still(url):
        _replace(url, folder, backup, progress)
    progress("bringing the schema up to date")
    migrate(url)
    companies = [each.company_id for each in list_companies(url)]
    for company_id in companies:
        ensure_logins(url, company_id)
    for company_id in set(backup.labs) & set(companies):
        _bring_back_lab(url, folder, company_id, progress)
    add_erasures(url, erasures)
    keep_erasures(url, settings)
    progress("forgetting again who was forgotten")
    return backup, sum(forget_returned(url, settings, each) for each in companies)


def _replace(
    url: str,
    folder: Path,
    backup: Backup,
    progress: Callable[[str], None],
) -> None:
    with tempfile.TemporaryDirectory() as place:
        empty = Path(place) / "empty.sql"
        empty.write_text(_EMPTY)
        others = tuple(f"--exclude-schema={lab_role(each)}" for each in backup.labs)
        files = {section: Path(place) / f"{section}.sql" for section in _DEFINITIONS}
        for section, file in files.items():
            chosen = (f"--section={section}", f"--file={file}", *others)
            run_program(
                url, ("pg_restore", *chosen, str(Backup.dump(folder))), progress
            )
            _give_to(_owner(url), backup.made_by, file)
        progress("writing the database")
        before, after = (f"--file={file}" for file in files.values())
        pour(
            ("pg_restore", "--section=data", *others, str(Backup.dump(folder))),
            (*_PSQL, f"--file={empty}", before, "--file=-", after),
            url,
        )


def _bring_back_lab(
    url: str, folder: Path, company_id: str, progress: Callable[[str], None]
) -> None:
    """Write what an analyst made, signed in as the analyst.

    Their definitions may call whatever they like, as whoever writes them.
    """
    lab = lab_role(company_id)
    progress(f"writing {lab}")
    as_analyst = make_conninfo(url, user=lab, password=open_lab(url, company_id))
    told = ("--no-owner", "--no-privileges", f"--schema={lab}")
    pour(
        ("pg_restore", *told, str(Backup.dump(folder))),
        (*_PSQL, "--file=-"),
        as_analyst,
    )


def _owner(url: str) -> str:
    with psycopg.connect(url) as database:
        return str(database.execute("select current_user").fetchall()[0][0])


def _give_to(owner: str, former: str, file: Path) -> None:
    """Let the definitions name the login of this server instead of the former one.

    Who may call functions of Postgres itself is the server's: a migration saw to it.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", owner):
        raise BackupBroken(
            f"The login '{owner}' cannot own what is restored: use one whose name is "
            "made of lower-case letters, digits and underscores."
        )
    named = re.compile(
        rf'(?<=\b(?:TO|BY) )"?{re.escape(former)}"?(?=[;\s])'
        rf'|(?<=\b(?:FROM|ROLE) )"?{re.escape(former)}"?(?=[;\s])'
    )
    lines = file.read_text().splitlines(keepends=True)
    with file.open("w") as written:
        for line in lines:
            if _GRANTS_AS_ANOTHER.match(line):
                continue
            if not _DEFINES.match(line):
                written.write(line)
            elif " ON FUNCTION pg_catalog." not in line:
                written.write(named.sub(owner, line))
