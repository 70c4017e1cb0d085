"""The dbt project: its manifest, and its names as Dagster asset keys."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject
from packaging.version import Version

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.warehouse.column_descriptions import inherit_descriptions

__all__ = [
    "BRIEF_DBT",
    "Dbt",
    "DbtProjectBroken",
    "RoomTranslator",
    "complete_manifest",
    "current_manifest",
    "dbt_as_runs_start_it",
    "dbt_program",
    "dbt_project",
    "keep_parsed",
    "prepare_manifest",
    "project_fingerprint",
    "scope_environment",
]

_PARSED = "partial_parse.msgpack"
_PARSING = "parsing-"
_TEMPLATES = "templates"
_SOURCES_OF_TRUTH = frozenset({"models", "macros", "seeds", "tests"})

#: The command that builds; dbt's own arguments follow.
BRIEF_DBT = (sys.executable, "-m", "orchestration.lib.warehouse.dbt_command")

dbt_project = DbtProject(project_dir=PROJECT_ROOT / "dbt_project")


class DbtProjectBroken(PlainError, RuntimeError):
    """The dbt project does not parse; the message is dbt's own."""


class Dbt(DbtCliResource):
    """The dbt of this environment, started only to work.

    Its version is known without, and dagster-dbt's own handle on the warehouse, which
    fetches row counts and columns, is never used: it costs half a second a command.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        del args


def dbt_as_runs_start_it() -> Dbt:
    """The resource: dbt's command line without what nobody looks at."""
    program, *flags = BRIEF_DBT
    return Dbt(
        project_dir=str(dbt_project.project_dir),
        dbt_executable=program,
        global_config_flags=flags,
    )


class RoomTranslator(DagsterDbtTranslator):
    """One thing has one name: the asset key of a table is [schema, table]."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Schema and table, for models, seeds and sources alike."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Group by layer, which is also the schema."""
        return f"dbt_{dbt_resource_props['schema']}"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """One team owns every model until a model says otherwise."""
        return list(super().get_owners(dbt_resource_props) or ["team:data"])


def prepare_manifest() -> None:
    """Parse the dbt project if a file came, went or changed since the last manifest.

    Of processes that start together one parses, and the others wait for it.

    Raises
    ------
    DbtProjectBroken
        With what dbt says of the project.
    """
    if _is_parsed():
        return
    target = dbt_project.manifest_path.parent
    target.mkdir(exist_ok=True)
    with (target / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_parsed():
            _parse()


def current_manifest() -> Mapping[str, Any]:
    """What dbt says of the project as its files are now, read once per parse.

    Raises
    ------
    DbtProjectBroken
        With what dbt says of the project.
    """
    prepare_manifest()
    path = dbt_project.manifest_path
    return _manifest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _manifest(path: Path, _written_ns: int) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    # Once more: a dbt started by hand writes the same file, without what is inherited.
    inherit_descriptions(found)
    return MappingProxyType(found)


def _is_parsed() -> bool:
    manifest = dbt_project.manifest_path
    written = manifest.stat().st_mtime_ns if manifest.exists() else 0
    return all(found.changed_ns <= written for found in _sources_of_truth())


def _parse() -> None:
    """Parse the project, while nobody else does."""
    manifest, folder = dbt_project.manifest_path, dbt_project.project_dir
    for past in (*manifest.parent.glob(f"{_PARSING}*"), manifest.parent / _TEMPLATES):
        shutil.rmtree(past, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PARSING, dir=manifest.parent) as fresh:
        parsed = subprocess.run(
            [
                *BRIEF_DBT,
                *("parse", "--no-use-colors"),
                *("--profiles-dir", folder, "--target-path", fresh),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if parsed.returncode:
            raise DbtProjectBroken(parsed.stdout.strip())
        complete_manifest(Path(fresh) / manifest.name)
        # In one step: a killed parse must not leave half a manifest.
        for name in (_PARSED, manifest.name):
            (Path(fresh) / name).replace(manifest.parent / name)


def complete_manifest(manifest: Path) -> None:
    """Write what columns inherit into a file that dbt wrote, by hand or for us."""
    parsed = json.loads(manifest.read_bytes())
    inherit_descriptions(parsed)
    unfinished = manifest.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(parsed))
    unfinished.replace(manifest)


def keep_parsed(target: Path) -> None:
    """Let the next dbt process start from what this one parsed.

    What was parsed holds for one name of a database, which may differ from ours.

    Parameters
    ----------
    target
        Folder of the one process, in the folder of all.
    """
    parsed = target / _PARSED
    if parsed.exists():
        parsed.replace(target.parent / _PARSED)


def project_fingerprint() -> str:
    """Hash of everything that decides what dbt makes of the same data."""
    found = sorted(each for each in _sources_of_truth() if each.size is not None)
    return _fingerprint(dbt_project.project_dir, tuple(found))


@lru_cache(maxsize=1)
def _fingerprint(folder: Path, files: tuple[_Found, ...]) -> str:
    """Read again once any of the files changed; a run asks ten times."""
    digest = hashlib.sha256()
    for file in files:
        content = folder.joinpath(*file.path).read_bytes()
        digest.update("/".join(file.path).encode() + b"\0")
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def scope_environment(
    company_ids: Sequence[str] | None, as_of_dates: Mapping[str, date]
) -> dict[str, str]:
    """What dbt's macros read: which companies, up to which dates, of which project.

    No companies named means all; a company without a date: its own today.
    """
    dates = {company_id: day.isoformat() for company_id, day in as_of_dates.items()}
    return {
        "TIMONEL_COMPANY_IDS": json.dumps(company_ids),
        "TIMONEL_AS_OF_DATES": json.dumps(dates),
        "TIMONEL_PROJECT_FINGERPRINT": project_fingerprint(),
    }


class _Found(NamedTuple):
    """A file of the project, or a folder, whose size is None.

    A folder is as new as what was last put into it or taken out of it.
    """

    path: tuple[str, ...]
    changed_ns: int
    size: int | None


def _sources_of_truth() -> Iterator[_Found]:
    with os.scandir(dbt_project.project_dir) as entries:
        for entry in entries:
            if entry.name in _SOURCES_OF_TRUTH or entry.name.endswith(".yml"):
                yield from _found(entry, (entry.name,))


def _found(entry: os.DirEntry[str], path: tuple[str, ...]) -> Iterator[_Found]:
    """The entry and, of a folder, all below it."""
    told, is_folder = entry.stat(), entry.is_dir()
    yield _Found(path, told.st_mtime_ns, None if is_folder else told.st_size)
    if is_folder:
        with os.scandir(entry) as entries:
            for each in entries:
                yield from _found(each, (*path, each.name))


def dbt_program() -> str:
    """The dbt of this environment, whether or not it is on the PATH."""
    return str(Path(sys.executable).with_name("dbt"))
