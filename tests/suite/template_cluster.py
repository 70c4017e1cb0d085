"""A Postgres cluster that is made once per state of the code and copied by tests.

It holds a migrated database and one in which every model was built and tested; beside
it lies the parsed dbt project. It is valid for the files it was made from, by content;
anything else is made anew. It stands under its name only once it is complete, so what a
killed run leaves behind is never found.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres

__all__ = [
    "BUILT",
    "FAST",
    "CopiedPostgres",
    "TemplateCluster",
    "TemplateFailed",
    "bring_home",
    "template_cluster",
]

ROOT = Path(__file__).parents[2]
#: Name of the database in which every model stands; as long as those of its copies.
BUILT = "test_0000"
#: Nothing in a test outlives a crash of the machine.
FAST = (
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    # What many tests share grows: without it plans are made for empty tables.
    ("autovacuum_naptime", "10s"),
)

_FOLDER = ROOT / ".cache" / "tests"
_WATCHED = ("dbt_project", "orchestration/migrations", "taps")
_PROGRAM = (sys.executable, "-m", "tests.suite.template_building")
_KEPT = 3


class TemplateFailed(AssertionError):
    """The cluster could not be made; the message is what went wrong."""


@dataclass(frozen=True)
class TemplateCluster:
    """A complete one, in a folder."""

    folder: Path

    @property
    def manifest(self) -> Path:
        """The parsed dbt project, pickled."""
        return self.folder / "manifest.pickle"

    @property
    def parsed(self) -> Path:
        """What dbt keeps of it for its next start, against the database `BUILT`."""
        return self.folder / "work" / "target" / "partial_parse.msgpack"

    @property
    def server(self) -> Path:
        """Home of the stopped server."""
        return self.folder / "postgres"


@dataclass(frozen=True)
class CopiedPostgres(EmbeddedPostgres):
    """A server that begins as a copy of another, which is stopped."""

    origin: EmbeddedPostgres | None = None

    def _create(self) -> None:
        assert self.origin is not None
        self._prepare_folders()
        shutil.rmtree(self._data, ignore_errors=True)
        # Keeps owners and modes, which Postgres insists on.
        kept = self.origin.home / "data"
        subprocess.run(["cp", "-a", str(kept), str(self._data)], check=True)
        for name in ("password", "created"):
            shutil.copy2(self.origin.home / name, self.home / name)


def bring_home(server: EmbeddedPostgres) -> None:
    """Have a stopped server's data in its home, which may be renamed then.

    Where Postgres' account cannot reach the home, they lie elsewhere, under its name.
    """
    if server.state != server.home.absolute():
        subprocess.run(["mv", str(server._data), str(server.home / "data")], check=True)
        shutil.rmtree(server.state)


def template_cluster(
    folder: Path = _FOLDER, program: Sequence[str] = _PROGRAM
) -> TemplateCluster:
    """The cluster of the code as it is now, made first if there is none.

    Parameters
    ----------
    folder
        Where clusters are kept.
    program
        Fills an empty folder, its last argument, with one.

    Raises
    ------
    TemplateFailed
        With the last lines of the program that makes it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        found = _valid(folder)
        if found is None:
            found = _make(folder, program)
        os.utime(found)
        _keep_newest(folder)
    return TemplateCluster(found)


def _make(folder: Path, program: Sequence[str]) -> Path:
    place = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder))
    # Postgres, as another account, must reach into it.
    place.chmod(0o755)
    done = subprocess.run(
        [*program, str(place)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(place, ignore_errors=True)
        tail = "\n".join(done.stdout.strip().splitlines()[-40:])
        raise TemplateFailed(f"The databases of the tests could not be made:\n{tail}")
    key = hashlib.sha256((place / "inputs.json").read_bytes()).hexdigest()[:16]
    finished = folder / key
    shutil.rmtree(finished, ignore_errors=True)
    return place.rename(finished)


def _valid(folder: Path) -> Path | None:
    watched = watched_files()
    for inputs in sorted(folder.glob("*/inputs.json")):
        if inputs.parent.name.startswith("unfinished-"):
            continue
        made_from: dict[str, str] = json.loads(inputs.read_text())
        if made_from == fingerprints(watched | made_from.keys()):
            return inputs.parent
    return None


def watched_files() -> set[str]:
    """Files whose content, appearance or absence makes the cluster another one."""
    files = {"requirements.lock"}
    for folder in _WATCHED:
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT)
            is_left_out = {"target", "logs", "__pycache__"} & {*name.parts}
            if path.is_file() and not is_left_out and path.suffix != ".md":
                files.add(str(name))
    return files


def fingerprints(files: set[str]) -> dict[str, str]:
    """Hash of each file's content; empty for one that is not there."""
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for name in sorted(files)
        for path in (ROOT / name,)
    }


def _keep_newest(folder: Path) -> None:
    """Leave the newest few; what a killed run left goes, too."""
    places = [place for place in folder.iterdir() if place.is_dir()]
    places.sort(key=lambda place: place.stat().st_mtime, reverse=True)
    for place in places[_KEPT:]:
        shutil.rmtree(place, ignore_errors=True)
    for place in folder.glob("unfinished-*"):
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
