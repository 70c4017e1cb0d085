"""A home as an earlier version left it, kept to be upgraded by each later one.

``python -m tests.end_to_end.older_home COMMIT`` runs the code of a commit or tag on
two small purchase logs, predicts as of FIRST, and keeps the server's roles (without
their passwords) and the database as SQL, with a placeholder where files lay. Dagster's
history is left out: Dagster migrates its own. Each release does it (CONTRIBUTING.md).
"""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from orchestration.lib.warehouse.database import libpq_environment
from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from tests.end_to_end.conftest import FIRST, Row, purchase_log, write_log

__all__ = ["EXPORTS", "FIRST", "KEPT", "older_log", "restore"]

#: The last home that was kept.
KEPT = Path(__file__).with_suffix(".sql.xz")
#: Stands for the folder in which each company has a folder of exports.
EXPORTS = "@EXPORTS@"
#: Customers and seed of each company; they share customer ids.
_LOGS = {"plaza": (100, 22), "tienda": (120, 21)}
_SETTINGS = (
    ("company", "set", "tienda", "--gross-margin-rate", "0.4"),
    (
        *("alerts", "set", "few_customers", "--company", "tienda"),
        *("--metric", "customer_value_totals.customer_count", "--below", "1000"),
    ),
)
_TIMONEL = (sys.executable, "-c", "from orchestration.cli import app; app()")


def older_log(company: str) -> list[Row]:
    """The purchases that the earlier version had read."""
    return purchase_log(*_LOGS[company])


def restore(server: EmbeddedPostgres, exports: Path) -> None:
    """Bring the kept home back on a new server, with its files in this folder."""
    for company in _LOGS:
        write_log(exports / company / "orders.csv", older_log(company))
    text = lzma.decompress(KEPT.read_bytes()).decode()
    _psql(server, text.replace(EXPORTS, str(exports)))


def main() -> None:
    """Make the home of a commit and keep it."""
    (commit,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        code, exports = folder / "code", folder / "exports"
        code.mkdir()
        packed = subprocess.run(
            ("git", "archive", commit), check=True, stdout=subprocess.PIPE
        )
        subprocess.run(("tar", "-x", "-C", code), check=True, input=packed.stdout)
        server = EmbeddedPostgres(folder / "home" / "postgres")
        try:
            for command in _commands(exports):
                _run(code, folder / "home", command)
            text = _dump(server).replace(str(exports), EXPORTS)
        finally:
            server.remove()
    if place in text:
        raise SystemExit(f"The home names {place}: replace it as {EXPORTS} is.")
    KEPT.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{KEPT.name}: {KEPT.stat().st_size} bytes")


def _commands(exports: Path) -> list[tuple[str, ...]]:
    commands = []
    for company in _LOGS:
        write_log(exports / company / "orders.csv", older_log(company))
        commands.append(("company", "add", company, "--currency", "EUR"))
        files = str(exports / company)
        commands.append(("connect", "files", files, "--company", company))
    return [*commands, *_SETTINGS, ("run", "--as-of", FIRST)]


def _run(code: Path, home: Path, command: tuple[str, ...]) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TIMONEL_")
    }
    subprocess.run(
        (*_TIMONEL, *command),
        cwd=code,
        env=environment | {"TIMONEL_HOME": str(home), "PYTHONPATH": str(code)},
        check=True,
    )


def _dump(server: EmbeddedPostgres) -> str:
    roles = _said(server, "pg_dumpall", "--globals-only", "--no-role-passwords")
    # The account that made the server is there on every server.
    roles = roles.replace("CREATE ROLE postgres;\n", "")
    clean = ("--create", "--clean", "--if-exists")
    return roles + _said(server, "pg_dump", *clean)


def _said(server: EmbeddedPostgres, program: str, *arguments: str) -> str:
    return subprocess.run(
        (server.program(program), *arguments),
        env={"PATH": os.defpath, **libpq_environment(server.url())},
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout


def _psql(server: EmbeddedPostgres, text: str) -> None:
    subprocess.run(
        (
            *(server.program("psql"), "--no-psqlrc", "--quiet"),
            *("--dbname=postgres", "--set=ON_ERROR_STOP=1"),
        ),
        env={"PATH": os.defpath, **libpq_environment(server.url())},
        check=True,
        text=True,
        input=text,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
