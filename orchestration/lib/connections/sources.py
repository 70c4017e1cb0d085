"""The registry of sources: each file in ``taps/sources`` declares one."""

from __future__ import annotations

from orchestration.lib.connections.source_declarations import (
    Feed,
    OAuth,
    RawTable,
    ServiceLevel,
    Source,
    declared_source,
)
from orchestration.lib.core.settings import PROJECT_ROOT

__all__ = [
    "CALLBACK_PORT",
    "FOLDER",
    "SOURCES",
    "Feed",
    "OAuth",
    "RawTable",
    "ServiceLevel",
    "Source",
    "api_sources",
    "source",
    "sources_read",
]

_FASTEST_FIRST: tuple[ServiceLevel, ...] = ("tactical", "operational", "financial")
_NEEDED_FIRST: tuple[Feed, ...] = ("orders", "media")

#: The port on which a browser brings a person's consent back, unless another is asked.
CALLBACK_PORT = 8722


def source(slug: str) -> Source:
    """The source of this slug.

    Raises
    ------
    KeyError
        There is no such source.
    """
    return SOURCES[slug]


def api_sources() -> tuple[Source, ...]:
    """Every source but exported files."""
    return tuple(each for each in SOURCES.values() if each.slug != "files")


def sources_read(level: ServiceLevel) -> tuple[Source, ...]:
    """The sources with an API that a run of this service level reads."""
    levels = _FASTEST_FIRST[: _FASTEST_FIRST.index(level) + 1]
    return tuple(each for each in api_sources() if each.service_level in levels)


def _turn(source: Source) -> tuple[int, str]:
    ranks = [_NEEDED_FIRST.index(feed) for feed in source.feeds]
    return min(ranks, default=len(_NEEDED_FIRST)), source.slug


FOLDER = PROJECT_ROOT / "taps/sources"

#: Every source, in the order in which a company's are read: orders, then advertising.
SOURCES = {
    each.slug: each
    for each in sorted(map(declared_source, FOLDER.glob("*.yml")), key=_turn)
}
