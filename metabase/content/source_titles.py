"""What sources are called: from ``taps/sources``, where each is declared."""

from __future__ import annotations

from pathlib import Path

from metabase.content.errors import ContentError
from metabase.content.yaml_files import parsed

__all__ = ["SOURCES", "source_words"]

SOURCES = Path(__file__).resolve().parents[2] / "taps" / "sources"
"""A file per source."""


def source_words(language: str) -> dict[str, str]:
    """``titles.of_source_slug``: SQL that calls the source of a row by its title.

    A source that nobody declares any more keeps its slug.

    Raises
    ------
    ContentError
        A source has no title in that language.
    """
    cases = []
    for file in sorted(SOURCES.glob("*.yml")):
        title = parsed(file)["title"].get(language)
        if not title:
            raise ContentError(f"{file}: no title in {language!r}")
        quoted = title.replace("'", "''")
        cases.append(f"when '{file.stem}' then '{quoted}'")
    told = " ".join(("case source_slug", *cases, "else source_slug end"))
    return {"titles.of_source_slug": told}
