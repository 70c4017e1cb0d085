"""What the emulator takes from a declaration: streams, paging, credentials."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

__all__ = ["WINDOW", "Source", "Stream", "declared_sources", "settings"]

_FOLDER: Final = Path(__file__).parents[2] / "taps/sources"
# Ten times as fast as the one in Python, and as safe; not everywhere built.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LISTED: Final = 3
_ROWS: Final = 25
# Of what a chain asks row by row: streams of streams multiply.
_LINKS: Final = 2

#: What a question may say of the time it asks for.
WINDOW: Final = ("since", "until", "first_day", "last_day")


@dataclass(frozen=True)
class Stream:
    """A stream that is asked for over HTTP, as declared."""

    name: str
    told: dict[str, Any]
    row_count: int = _ROWS

    @property
    def paging(self) -> dict[str, Any]:
        """How the next page is asked for."""
        return {"kind": "none", **self.told.get("paging", {})}

    @property
    def request(self) -> dict[str, Any]:
        """How it is asked for."""
        request: dict[str, Any] = self.told["request"]
        return request

    @property
    def address(self) -> str:
        """Where it is asked, without a query that stands in its path."""
        return str(self.request["path"]).partition("?")[0]

    @property
    def has_window(self) -> bool:
        """Whether only a part of its time is asked for."""
        return any(f"{{{name}" in str(self.request) for name in WINDOW)

    @property
    def is_by_day(self) -> bool:
        """Whether it holds facts per day; a list that is read once a day does not."""
        return "days" in self.told and self.has_window

    @property
    def is_one_row(self) -> bool:
        """Whether nothing in a record tells it from another of the same question."""
        columns = self.told["columns"]
        paths = [columns.get(name, {}).get("from", name) for name in self.told["key"]]
        return all(path.startswith("@") for path in paths)


@dataclass(frozen=True)
class Source:
    """A source with an API, as declared."""

    slug: str
    told: dict[str, Any]

    @property
    def api(self) -> dict[str, Any]:
        """Where it is and how it behaves."""
        api: dict[str, Any] = self.told["api"]
        return api

    @property
    def auth(self) -> dict[str, Any]:
        """How requests show who asks."""
        return {"kind": "none", **self.api.get("auth", {})}

    @property
    def streams(self) -> list[Stream]:
        """The streams whose question is declared, whoever reads the answers."""
        return [
            Stream(name, each, _LINKS if self._is_link(name) else _ROWS)
            for name, each in self.told["streams"].items()
            if "request" in each
        ]

    def _is_link(self, name: str) -> bool:
        """Whether rows ask for rows that ask for rows, and these are in between."""
        parents = {
            child: each.get("for_each", {}).get("stream")
            for child, each in self.told["streams"].items()
        }
        children = {child for child, parent in parents.items() if parent == name}
        is_grandparent = any(parents.get(parent) == name for parent in parents.values())
        return bool(children) and (bool(parents[name]) or is_grandparent)

    def secret(self, setting: str) -> str:
        """The value of a secret setting here."""
        return f"sandbox-{self.slug}-{setting}"


def declared_sources(folder: Path = _FOLDER) -> list[Source]:
    """The sources of which a stream can be served from rows."""
    told = {
        file.stem: yaml.load(file.read_text(), _LOADER)  # noqa: S506 (the safe one)
        for file in folder.glob("*.yml")
    }
    whole = [
        Source(slug, each)
        for slug, each in told.items()
        if "tap" not in each and "api" in each
    ]
    return [source for source in whole if source.streams]


def settings(source: Source, base_url: str) -> dict[str, Any]:
    """Settings and secrets with which a tap reads the emulator."""
    found: dict[str, Any] = {"api_url": f"{base_url}/{source.slug}"}
    if "token_url" in source.auth:
        found["token_url"] = f"{base_url}/{source.slug}/_token"
    for name, each in source.told.get("settings", {}).items():
        if name == "service_account":
            continue
        if each.get("secret") or name == "client_id":
            found[name] = source.secret(name)
        elif each.get("required"):
            found[name] = _example(name, each)
    return found


def _example(name: str, told: dict[str, Any]) -> Any:
    if "default" in told:
        return told["default"]
    if "examples" in told:
        return told["examples"][0]
    if told.get("type") == "array":
        return [f"{name}-{number}" for number in range(1, _LISTED)]
    return name
