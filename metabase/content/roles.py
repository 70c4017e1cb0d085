"""Read roles.yml: the groups of a company, its plans, and what each may do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from metabase.content.company import Company
from metabase.content.entities import Content
from metabase.content.errors import ContentError
from metabase.content.yaml_files import parsed

__all__ = ["Plan", "Role", "Roles", "read_roles", "read_yaml", "within_plan"]

_WORKSPACE = ("read", "write", "none")
_QUERIES = ("no", "query-builder", "query-builder-and-native")
_ANSWERS = ("yes", "no")
_KEYS = ("folders", "plans", "roles", "operator")
_ROLE_KEYS = {"folders", "workspace", "queries"}
_PLAN_KEYS = {"pages", "actions"}
_ALL_BUT = "all_but"


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
class Plan:
    """What a company has taken: its pages, and whether there are actions."""

    pages: frozenset[str]
    may_ask: bool


@dataclass(frozen=True)
class Roles:
    """Roles, plans, folders with the pages in them, and the operator's group.

    ``shared`` are the folders, among ``folders``, for cards that pages of several
    others show: which those are, by name.
    """

    roles: tuple[Role, ...]
    folders: Mapping[str, tuple[str, ...]]
    operator: str
    plans: Mapping[str, Plan]
    shared: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def folder_of(self, page: str) -> str | None:
        """Folder of a page, by the name of its file; None: of every role."""
        found = (name for name, pages in self.folders.items() if page in pages)
        return next(found, None)

    def place_of(self, page: str) -> int:
        """Where a page stands in its folder, from 1; 0: it is in none."""
        folder = self.folder_of(page)
        return self.folders[folder].index(page) + 1 if folder else 0

    def plan(self, name: str) -> Plan:
        """The plan of this name.

        Raises
        ------
        ContentError
            roles.yml has none.
        """
        if name not in self.plans:
            known = ", ".join(self.plans)
            raise ContentError(f"roles.yml has no plan {name!r}; there is: {known}")
        return self.plans[name]

    def reads(self, role: Role, plan: str) -> frozenset[str]:
        """Folders that a role reads in a company of this plan."""
        pages = self.plan(plan).pages
        own = {one for one in role.folders if pages.issuperset(self.folders[one])}
        return frozenset(own | {key for key, of in self.shared.items() if of & own})

    @cached_property
    def readable(self) -> frozenset[frozenset[str]]:
        """Every set of folders that some role reads under some plan."""
        return frozenset(
            self.reads(role, plan) for role, plan in product(self.roles, self.plans)
        )

    def may_ask(self, role: Role, plan: str) -> bool:
        """Whether a role sees the actions in a company of this plan."""
        return role.may_ask and self.plan(plan).may_ask


def read_yaml(path: Path, keys: Collection[str]) -> dict[str, Any]:
    """Read a YAML map with these keys and no others.

    Raises
    ------
    ContentError
        There is no such file, or it says something else.
    """
    try:
        told = parsed(path)
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
        A page, a folder or a level that does not exist, a page in two folders, or a
        plan with a part of a folder.
    """
    told = read_yaml(path, _KEYS)
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
    plans = {
        name: _plan(path, name, one, folders, frozenset(pages))
        for name, one in told["plans"].items()
    }
    return Roles(roles, folders, str(told["operator"]), plans)


def within_plan(content: Content, company: Company, root: Path) -> Content:
    """Only the pages that the company's plan has."""
    told = read_yaml(root / "roles.yml", _KEYS)["plans"][company.plan]["pages"]
    names = frozenset(page.path.stem for page in content.dashboards)
    pages = _pages(told, names)
    kept = tuple(page for page in content.dashboards if page.path.stem in pages)
    return replace(content, dashboards=kept)


def _pages(told: Any, pages: frozenset[str]) -> frozenset[str]:
    """Those a plan names, or all but those."""
    if isinstance(told, Mapping):
        return pages - frozenset(told[_ALL_BUT])
    return frozenset(told)


def _plan(
    path: Path,
    name: str,
    told: Mapping[str, Any],
    folders: Mapping[str, tuple[str, ...]],
    pages: frozenset[str],
) -> Plan:
    if set(told) != _PLAN_KEYS:
        raise ContentError(f"{path}: plan {name} needs {', '.join(sorted(_PLAN_KEYS))}")
    _one_of(path, name, told, "actions", _ANSWERS)
    may_ask = told["actions"] == "yes"
    if isinstance(told["pages"], str):
        raise ContentError(f"{path}: pages of plan {name} are a list, or {_ALL_BUT}")
    chosen = _pages(told["pages"], pages)
    if isinstance(told["pages"], Mapping):
        return Plan(chosen, may_ask)
    for page in sorted(chosen - {one for inside in folders.values() for one in inside}):
        raise ContentError(f"{path}: plan {name} has {page!r}, which is in no folder")
    for folder, inside in folders.items():
        if chosen & set(inside) and not chosen.issuperset(inside):
            raise ContentError(
                f"{path}: plan {name} has a part of {folder}; split the folder in two"
            )
    return Plan(chosen, may_ask)


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
