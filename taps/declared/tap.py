"""The tap that reads a declared source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from singer_sdk import Stream

from taps.api_source.part_failures import PartsTap
from taps.api_source.slices import SlicesStream
from taps.declared.api import DeclaredApi
from taps.declared.api_declaration import Api, Request
from taps.declared.asking import hook
from taps.declared.columns import schema_columns, value_at
from taps.declared.declaration import Column, Declaration
from taps.declared.reading import declaration
from taps.declared.streams import DeclaredStream
from taps.sources import FOLDER

__all__ = ["DeclaredTap", "declared_tap"]


class DeclaredTap(PartsTap):
    """Reads a source as its declaration says."""

    told: ClassVar[Declaration]
    part_kind = "part"

    @cached_property
    def api(self) -> DeclaredApi:
        """The API of the source."""
        return DeclaredApi(self.told.api or Api(base=""), self.config)

    def is_parent(self, name: str) -> bool:
        """Whether a stream is asked for once per row of this one."""
        return name in self._parents

    @cached_property
    def _parents(self) -> frozenset[str | None]:
        each = (stream.for_each for stream in self.told.streams.values())
        return frozenset(one.stream for one in each if one)

    def discover_streams(self) -> Sequence[Stream]:
        """The streams as declared, and their slices."""
        streams = [
            DeclaredStream(self, name, told) for name, told in self.told.streams.items()
        ]
        return [*streams, SlicesStream(self, tuple(self._slice_columns()))]

    def _slice_columns(self) -> Sequence[Any]:
        for stream in self.told.streams.values():
            if set(self.told.slices) <= set(stream.columns):
                return schema_columns({n: stream.columns[n] for n in self.told.slices})
        return schema_columns(_NO_SLICES)

    # The SDK calls it final; it has no other place for what comes before all streams.
    def sync_all(self) -> None:  # type: ignore[misc]
        """Read every stream, with settings that were looked at.

        Raises
        ------
        SourceError
        """
        self._check_settings()
        super().sync_all()

    def check(self) -> dict[str, Any]:
        """Ask what the declaration says, and show what it says is there."""
        self._check_settings()
        told, version = self.told.check, self.told.api and self.told.api.version
        request = told.request or (None if told.call else self._first_request())
        answer = self.api.ask(request, self._last_day(), "check") if request else None
        shown = {
            name: value_at(answer, path) if (path := getattr(told, name)) else None
            for name in ("account", "currency_code", "time_zone", "history_from")
        }
        own: dict[str, Any] = hook(told.call)(self) if told.call else {}
        pinned = version.pinned if version else None
        common: dict[str, Any] = {"scopes": [], "api_version": pinned}
        warnings = [*self._warnings(), *own.get("warnings", ())]
        return shown | common | own | {"warnings": warnings}

    def _first_request(self) -> Request | None:
        """Of the first stream that is asked for without knowing another."""
        streams = self.told.streams.values()
        return next((s.request for s in streams if s.request and not s.for_each), None)

    def _last_day(self) -> dict[str, Any]:
        now = self.api.now()
        yesterday = now - timedelta(days=1)
        window = {"first_day": yesterday.date(), "last_day": yesterday.date()}
        return {"since": yesterday, "until": now, **window}

    def _check_settings(self) -> None:
        if self.told.check.settings:
            hook(self.told.check.settings)(self.config)

    def _warnings(self) -> Sequence[str]:
        version = self.told.api.version if self.told.api else None
        ending = version.ending_soon(date.today()) if version else None
        return [ending] if ending else []


def declared_tap(slug: str, folder: Path = FOLDER) -> type[DeclaredTap]:
    """The tap of a source that is declared in a folder.

    Raises
    ------
    SourceError
        Its declaration is wrong.
    """
    told = declaration(folder / f"{slug}.yml")
    members = {
        "__doc__": f"Reads {told.title.en}: {told.description}",
        "name": f"tap-{slug.replace('_', '-')}",
        "config_jsonschema": _settings(told),
        "told": told,
    }
    return type("DeclaredTap", (DeclaredTap,), members)


def _settings(told: Declaration) -> dict[str, Any]:
    own = {name: _setting(each) for name, each in told.settings.items()}
    standard = dict(_STANDARD) if told.api else {}
    if told.api and told.api.auth.token_url:
        standard["token_url"] = _TOKEN_URL
    return {
        "type": "object",
        "required": [n for n, each in told.settings.items() if each.get("required")],
        "properties": {**standard, **own},
    }


def _setting(told: Mapping[str, Any]) -> dict[str, Any]:
    setting = {name: value for name, value in told.items() if name != "required"}
    kind = setting.get("type", "string")
    if not told.get("required") and isinstance(kind, str):
        setting["type"] = [kind, "null"]
    return {"type": kind} | setting


_NO_SLICES = {"date": Column(type="date", description="Day of a slice.")}
_STANDARD: dict[str, Any] = {
    "api_url": {
        "type": ["string", "null"],
        "title": "API address",
        "description": "Where the API is, if not at its usual address.",
    },
    "request_timeout_seconds": {
        "type": "number",
        "exclusiveMinimum": 0,
        "default": 300,
        "title": "Longest answer",
        "description": (
            "Seconds within which an answer must have arrived whole; otherwise it is "
            "asked for again, six times in all."
        ),
    },
}
_TOKEN_URL: dict[str, Any] = {
    "type": ["string", "null"],
    "title": "Token address",
    "description": "Where tokens are issued, if not at the usual one.",
}
