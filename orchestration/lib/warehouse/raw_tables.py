"""Empty raw tables of every source, so that dbt finds those nobody has connected."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import cache

from orchestration.lib.core.nameless_files import nameless_file
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.warehouse.database import connect, one_at_a_time

__all__ = ["RawTablesFailed", "ensure_raw_tables", "taps_version"]

_MODULE = "taps.raw_tables"


class RawTablesFailed(PlainError, RuntimeError):
    """The tables could not be made; the message is what the program said."""


def ensure_raw_tables(url: str) -> None:
    """Create what is missing of every tap's tables, once per version of the taps.

    Raises
    ------
    RawTablesFailed
    """
    version = taps_version()
    if _is_known(url, version):
        return
    with one_at_a_time(url, "raw tables"):
        if _is_known(url, version):
            return
        _create(url)
        with connect(url, "orchestrator") as database:
            database.execute(
                "insert into ops.raw_table_versions (version) values (%s)", (version,)
            )


def _create(url: str) -> None:
    with nameless_file({"database_url": url}) as config:
        done = subprocess.run(
            [sys.executable, "-m", _MODULE, "--config", config.path],
            pass_fds=[config.descriptor],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-3:]
        raise RawTablesFailed(
            "The raw tables could not be made: "
            + ("\n".join(said) or f"python -m {_MODULE} says nothing")
        )


def _is_known(url: str, version: str) -> bool:
    with connect(url, "orchestrator") as database:
        row = database.execute(
            "select 1 from ops.raw_table_versions where version = %s", (version,)
        ).fetchone()
    return row is not None


@cache
def taps_version() -> str:
    """Fingerprint of the programs that read sources and shape the raw tables."""
    digest = hashlib.sha256()
    folder = PROJECT_ROOT / "taps"
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".py", ".yml"}:
            digest.update(file.read_bytes())
    return digest.hexdigest()
