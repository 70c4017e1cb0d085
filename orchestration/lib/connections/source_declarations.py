"""What the files in ``taps/sources`` say of a source, as values.

A file says what the platform must know: titles, secrets, tables, how somebody connects
it. What only its tap needs (requests, paging, columns) is read by the tap alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.yaml_files import parsed

__all__ = [
    "Connect",
    "Control",
    "Events",
    "Feed",
    "OAuth",
    "Option",
    "RawTable",
    "ServiceLevel",
    "Source",
    "Way",
    "WrongDeclaration",
    "declared_source",
]

#: How a slice's total relates to what the source says of the whole account: the same,
#: or a part of it because the source leaves rows out (rare queries, ads without rows).
Control = Literal["equal", "at_most"]

#: How soon after the event a source's rows are wanted: within five minutes, an hour or
#: a day. Each source is also read in every slower rhythm.
ServiceLevel = Literal["tactical", "operational", "financial"]

#: What a source is needed for: without orders no customer, without media no mix.
Feed = Literal["orders", "media"]

#: How its newest event is dated: ``orders`` by their time of change, ``days`` by their
#: end, ``files`` by loading; of ``reads`` all is known up to the moment of asking.
Events = Literal["orders", "days", "files", "reads"]

# One tap reads every source that names none of its own.
_DECLARED_TAP = "taps.declared"
_SLICES = "What was read of each slice, with its control totals."


class WrongDeclaration(PlainError):
    """A file in ``taps/sources`` declares no source; the text says which part."""


@dataclass(frozen=True)
class RawTable:
    """One stream of a tap and the table it fills.

    Parameters
    ----------
    control
        How the totals of its slices relate to the source's control totals.
    """

    name: str
    description: str
    control: Control = "equal"


@dataclass(frozen=True)
class OAuth:
    """How a person's consent becomes a token.

    Parameters
    ----------
    authorize_url, token_url
        Templates over the connection's settings, such as ``{shop_url}``.
    token_setting
        The field of the token answer that is kept, and the secret setting it becomes.
    extra, token_extra
        Further parameters of either request.
    is_rotating
        Access tokens last an hour and each refresh replaces the refresh token; the
        orchestrator refreshes, and the tap gets an access token only.
    """

    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    token_setting: str
    scope_separator: str = " "
    extra: tuple[tuple[str, str], ...] = ()
    token_extra: tuple[tuple[str, str], ...] = ()
    is_rotating: bool = False
    exchanges_long_lived: bool = False


@dataclass(frozen=True)
class Option:
    """One option of ``timonel connect``, and the setting of the tap it gives.

    Parameters
    ----------
    many
        Whether it may be repeated; the setting is then a list.
    without
        Characters that are left out of what was typed.
    fields
        Names of what is typed with commas in between, each ``text`` or ``number``.
    """

    setting: str
    help: str
    many: bool = False
    is_file: bool = False
    without: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Way:
    """One way to give access: what it needs.

    Parameters
    ----------
    when
        ``oauth``, or the setting or secret with which it is chosen; None for the last.
    """

    when: str | None = None
    settings: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Connect:
    """The command ``timonel connect SOURCE``."""

    help: str
    options: Mapping[str, Option]
    addresses: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()

    @property
    def takes_client_id(self) -> bool:
        """Whether an app of one's own is one of the ways."""
        named = ((way.when, *way.settings) for way in self.ways)
        return any("client_id" in names for names in named)


@dataclass(frozen=True)
class Source:
    """One kind of source.

    Parameters
    ----------
    slug
        Its name in every key, group and schema.
    tap_module, tap_arguments
        For ``python -m``; nobody imports it.
    secret_settings
        Settings of the tap that are kept encrypted.
    slice_columns
        What its slices are made of, in the order of the tables' keys.
    service_level
        How fast it is read, if the company wants it so.
    feeds
        Which predictions wait while it cannot be read.
    events
        How its newest event is dated; None if it has no events.
    """

    slug: str
    title: str
    tap_module: str
    tables: tuple[RawTable, ...]
    tap_arguments: tuple[str, ...] = ()
    secret_settings: tuple[str, ...] = ()
    slice_columns: tuple[str, ...] = ()
    service_level: ServiceLevel = "financial"
    feeds: tuple[Feed, ...] = ()
    events: Events | None = None
    oauth: OAuth | None = None
    connect: Connect | None = None
    title_es: str = ""

    @property
    def schema(self) -> str:
        """Schema of its raw tables."""
        return f"raw_{self.slug}"

    @property
    def command(self) -> str:
        """Its name on the command line."""
        return self.slug.replace("_", "-")

    def bookmark(self, connection_id: str) -> str:
        """Name under which the tap's state of a connection is kept."""
        return f"{self.slug}/{connection_id}"


def declared_source(path: Path) -> Source:
    """The source a file declares; its slug is the file's name.

    Raises
    ------
    WrongDeclaration
        A part is missing, or one that nobody knows is there.
    """
    try:
        return _source(path, parsed(path))
    except (KeyError, TypeError, AttributeError) as error:
        raise WrongDeclaration(
            f"{path.name} declares no source: {error!r}. "
            f"More: python -m taps.declared {path.stem} --about"
        ) from None


def _source(path: Path, told: dict[str, Any]) -> Source:
    slug, tap = path.stem, str(told.get("tap", ""))
    slices = tuple(told.get("slices", () if tap else ("date",)))
    tables = [
        RawTable(name, stream["description"], stream.get("control", "equal"))
        for name, stream in told["streams"].items()
    ]
    return Source(
        slug=slug,
        title=told["title"]["en"],
        title_es=told["title"].get("es", ""),
        tap_module=tap.partition(".tap:")[0] or _DECLARED_TAP,
        tap_arguments=() if tap else (slug,),
        tables=(*tables, *([RawTable("slices", _SLICES)] if slices else ())),
        secret_settings=_secrets(told),
        slice_columns=slices,
        service_level=told.get("service_level", "financial"),
        feeds=tuple(told.get("feeds", ())),
        events=told.get("events"),
        oauth=_oauth(told["consent"]) if "consent" in told else None,
        connect=_connect(told) if slug != "files" else None,
    )


def _secrets(told: Mapping[str, Any]) -> tuple[str, ...]:
    settings = told.get("settings", {})
    own = (name for name, each in settings.items() if each.get("secret"))
    return (*told.get("secrets", ()), *own)


def _oauth(told: Mapping[str, Any]) -> OAuth:
    lists = {
        name: tuple(told.get(name, {}).items()) for name in ("extra", "token_extra")
    }
    return OAuth(**{**told, **lists, "scopes": tuple(told["scopes"])})


def _connect(told: Mapping[str, Any]) -> Connect:
    """The command, which the settings of a declared source describe well enough."""
    said, settings = told.get("connect", {}), told.get("settings", {})
    options = {
        name: Option(**{**each, "fields": tuple(each.get("fields", {}).items())})
        for name, each in said.get("options", _options(settings)).items()
    }
    ways = said.get("ways") or [_only_way(settings)]
    return Connect(
        help=said.get("help") or f"Read {told['title']['en']}: {told['description']}",
        options=options,
        addresses=tuple(said.get("addresses", () if "tap" in told else ("api_url",))),
        ways=tuple(
            Way(
                way.get("when"),
                tuple(way.get("settings", ())),
                tuple(way.get("secrets", ())),
            )
            for way in ways
        ),
    )


def _options(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name.replace("_", "-"): {
            "setting": name,
            "help": each["description"],
            "many": each.get("type") == "array",
        }
        for name, each in settings.items()
        if not each.get("secret") and name != "client_id"
    }


def _only_way(settings: Mapping[str, Any]) -> dict[str, Any]:
    needed = [name for name, each in settings.items() if each.get("required")]
    secret = [name for name in needed if settings[name].get("secret")]
    plain = [name for name in needed if name not in secret]
    return {"settings": plain, "secrets": secret}
