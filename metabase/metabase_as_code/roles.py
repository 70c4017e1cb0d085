"""Read roles.yml: the groups of a company, and what each may do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from metabase.metabase_as_code.errors import ContentError

__all__ = ["Role", "Roles", "read_roles", "read_yaml"]

_WORKSPACE = ("read", "write", "none")
_QUERIES = ("no", "query-builder", "query-builder-and-native")
_ANSWERS = ("yes", "no")
_ROLE_KEYS = {"folders", "workspace", "queries"}


@dataclass(frozen=True)
class Role:
    """What one group of a company may do.

    ``workspace`` is its level on the company's own folder; ``queries`` its level on
    the company's connection; ``was`` a name the group had before; ``may_ask`` whether
    it sees the actions.
    """

    name: str
    folders: frozenset[str]
    workspace: str
    queries: str
    was: str = ""
    may_ask: bool = False

    def group(self, company_id: str) -> str:
        """Name of the group in Metabase."""
        return f"{company_id}: {self.name}"

    def former_group(self, company_id: str) -> str:
        """The name it had, or nothing."""
        return self.was.format(company=company_id)


@dataclass(frozen=True)
class Roles:
    """Roles, folders with the pages in them, and the operator's group."""

    roles: tuple[Role, ...]
    folders: Mapping[str, tuple[str, ...]]
    operator: str

    def folder_of(self, page: str) -> str | None:
        """Folder of a page, by the name of its file; None: of every role."""
        found = (name for name, pages in self.folders.items() if page in pages)
        return next(found, None)


def read_yaml(path: Path, keys: Collection[str]) -> dict[str, Any]:
    """Read a YAML map with these keys and no others.

    Raises
    ------
    ContentError
        There is no such file, or it says something else.
    """
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ContentError(f"{path} cannot be read: {error}") from error
    if not isinstance(told, dict) or set(told) != set(keys):
        raise ContentError(f"{path}: expected the keys {', '.join(sorted(keys))}")
    return told


def read_roles(path: Path, pages: Collection[str]) -> Roles:
    """Read the roles; ``pages`` are the names of the files there are.

    Raises
    ------
    ContentError
        A page, a folder or a level that does not exist, or a page in two folders.
    """
    told = read_yaml(path, ("folders", "roles", "operator"))
    folders = {name: tuple(inside or ()) for name, inside in told["folders"].items()}
    placed = [page for inside in folders.values() for page in inside]
    for page in placed:
        if page not in pages:
            raise ContentError(f"{path}: no dashboard file is called {page}.yaml")
        if placed.count(page) > 1:
            raise ContentError(f"{path}: {page} is in two folders; choose one")
    roles = tuple(
        _role(path, name, one, folders) for name, one in told["roles"].items()
    )
    return Roles(roles, folders, str(told["operator"]))


def _role(
    path: Path, name: str, told: Mapping[str, Any], folders: Collection[str]
) -> Role:
    keys = set(told) - {"was", "actions"}
    if keys != _ROLE_KEYS:
        raise ContentError(f"{path}: {name} needs {', '.join(sorted(_ROLE_KEYS))}")
    for folder in told["folders"]:
        if folder not in folders:
            raise ContentError(f"{path}: {name} reads {folder!r}, which is no folder")
    _one_of(path, name, told, "workspace", _WORKSPACE)
    _one_of(path, name, told, "queries", _QUERIES)
    _one_of(path, name, {"actions": "no", **told}, "actions", _ANSWERS)
    return Role(
        name,
        frozenset(told["folders"]),
        told["workspace"],
        told["queries"],
        told.get("was", ""),
        told.get("actions", "no") == "yes",
    )


def _one_of(
    path: Path, name: str, told: Mapping[str, Any], key: str, known: Collection[str]
) -> None:
    if told[key] not in known:
        raise ContentError(
            f"{path}: {key} of {name} is {told[key]!r}; write one of "
            f"{', '.join(known)}, in quotes"
        )
