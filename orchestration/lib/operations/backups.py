"""A copy of an installation in a folder: what `restores` brings back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, cast

import psycopg

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.backup_keys import keys_at_hand, seal
from orchestration.lib.tenancy.company_removal import all_companies_still
from orchestration.lib.tenancy.labs import labs
from orchestration.lib.warehouse.database import libpq_environment
from orchestration.lib.warehouse.postgres_wheel import binaries

__all__ = ["Backup", "BackupBroken", "back_up", "pour", "read_backup", "run_program"]

_DUMP, _KEYS, _ABOUT = "database.dump", "keys.json", "backup.json"


class BackupBroken(PlainError, RuntimeError):
    """A backup cannot be made or is not whole; the message says what to do."""


@dataclass(frozen=True)
class Backup:
    """What stands in a folder that holds a whole backup.

    Parameters
    ----------
    made_by
        Role that owned the database, whose name its definitions mention.
    labs
        Ids of the companies whose analysts have a schema.
    dump_sha256
        Of the file of the database, in pg_dump's custom format.
    """

    made_at: str
    timonel_version: str
    schema_version: str
    made_by: str
    companies: list[str]
    dump_sha256: str
    labs: list[str] = field(default_factory=list)

    @staticmethod
    def dump(folder: Path) -> Path:
        """The file of the database."""
        return folder / _DUMP

    @staticmethod
    def keys(folder: Path) -> str:
        """The sealed keys."""
        return (folder / _KEYS).read_text()


def back_up(
    settings: Settings,
    url: str,
    folder: Path,
    passphrase: str,
    progress: Callable[[str], None],
) -> Backup:
    """Copy the database and the keys into a folder that is new or empty.

    Settings, fitted models and predictions are rows of the database. Nothing of any
    company is written meanwhile: runs and erasures wait, and are waited for. What says
    that the backup is whole is written last.

    Raises
    ------
    BackupBroken
        The folder holds something, or the copy failed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupBroken(
            f"{folder} holds something already. Name a new folder for each backup, "
            f"such as {folder}/{datetime.now(UTC):%Y-%m-%d}"
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    progress("waiting for what is running")
    with all_companies_still(url):
        dump = Backup.dump(folder)
        dump.touch(mode=0o600)
        run_program(
            url,
            ("pg_dump", "--format=custom", "--verbose", f"--file={dump}"),
            progress,
        )
        about = _about(url, dump)
    _write(folder / _KEYS, seal(keys_at_hand(settings), passphrase))
    _write(folder / _ABOUT, json.dumps(asdict(about), indent=2) + "\n")
    return about


def read_backup(folder: Path) -> Backup:
    """What a folder holds, once its copy of the database is known to be whole.

    Raises
    ------
    BackupBroken
    """
    try:
        backup = Backup(**json.loads((folder / _ABOUT).read_text()))
    except (OSError, ValueError, TypeError):
        raise BackupBroken(
            f"{folder} holds no whole backup: its {_ABOUT}, which is written last, is "
            "missing or unreadable. Name a folder that timonel backup finished."
        ) from None
    if _sha256(Backup.dump(folder)) != backup.dump_sha256:
        raise BackupBroken(
            f"{Backup.dump(folder)} is not what was backed up: the copy is cut short "
            "or changed. Copy the folder again, or take another backup."
        )
    return backup


def run_program(
    url: str, command: tuple[str, ...], progress: Callable[[str], None]
) -> None:
    """Run a program of Postgres on the database; its lines are the progress.

    Raises
    ------
    BackupBroken
        With the last it said.
    """
    program, *arguments = command
    said: list[str] = []
    with subprocess.Popen(
        [str(binaries(is_staged=False) / program), *arguments],
        env={"PATH": os.defpath, **libpq_environment(url)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        for line in running.stderr or ():
            said.append(line.strip())
            progress(line.strip())
    if running.returncode:
        raise BackupBroken(f"{program} failed: " + "\n".join(said[-3:]))


def pour(reading: tuple[str, ...], writing: tuple[str, ...], url: str) -> None:
    """Let a program of Postgres write what another reads: no file holds it meanwhile.

    Where the first fails the second hears of no end, and undoes what it did.

    Raises
    ------
    BackupBroken
        With the last they said.
    """
    with (
        tempfile.TemporaryFile("w+") as said,
        _started((*reading, "--file=-"), url, said, subprocess.PIPE) as source,
        _started(writing, url, said, subprocess.DEVNULL) as target,
    ):
        rows, place = cast("IO[bytes]", source.stdout), cast("IO[bytes]", target.stdin)
        with suppress(BrokenPipeError):
            shutil.copyfileobj(rows, place)
        rows.close()
        if source.wait():
            target.kill()
        with suppress(BrokenPipeError):
            place.close()
        if target.wait() or source.returncode:
            program = writing[0] if target.returncode > 0 else reading[0]
            said.seek(0)
            last = said.read().strip().splitlines()[-3:]
            raise BackupBroken(f"{program} failed: " + "\n".join(last))


def _started(
    command: tuple[str, ...], url: str, said: IO[str], output: int
) -> subprocess.Popen[bytes]:
    program, *arguments = command
    return subprocess.Popen(
        [str(binaries(is_staged=False) / program), *arguments],
        env={"PATH": os.defpath, **libpq_environment(url)},
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=said,
    )


def _about(url: str, dump: Path) -> Backup:
    with psycopg.connect(url) as database:
        row = database.execute(
            "select (select version_num from ops.alembic_version), current_user"
        ).fetchall()[0]
        companies = database.execute("select company_id from ops.companies order by 1")
        return Backup(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            timonel_version=version("timonel"),
            schema_version=row[0],
            made_by=row[1],
            companies=[company_id for (company_id,) in companies],
            dump_sha256=_sha256(dump),
            labs=labs(url),
        )


def _sha256(file: Path) -> str:
    if not file.exists():
        return ""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)
