"""Faults of the content that any paged emulator can act out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request

from sandbox.faults import Faults

__all__ = ["Change", "change_of", "faulty_page", "path_with_query"]

_Row = TypeVar("_Row")


def path_with_query(request: Request) -> str:
    """What `Faults.active` matches `path_contains` with."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def faulty_page(
    faults: Faults, path: str, rows: Sequence[_Row], *, start: int, size: int
) -> list[_Row]:
    """The page of `rows` at `start`, or what a broken source serves in its place.

    page_repeated: the page before; page_missing: the page after, this one is never
    served; duplicate_ids: this page with its first row once more at its end.
    """
    if start >= size and faults.active("page_repeated", path):
        start -= size
    elif start + size < len(rows) and faults.active("page_missing", path):
        start += size
    page = list(rows[start : start + size])
    if page and faults.active("duplicate_ids", path):
        page.append(page[0])
    return page


@dataclass(frozen=True)
class Change:
    """What `schema_change` does to an answer.

    Parameters
    ----------
    field
        A field that is gone.
    add_field
        A field that nobody knew.
    """

    field: str | None = None
    add_field: str | None = None

    def applied(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row, or another object with fields, as it is after the change."""
        changed = {name: row[name] for name in row if name != self.field}
        return changed | ({self.add_field: "new"} if self.add_field else {})


def change_of(faults: Faults, path: str) -> Change:
    """How `schema_change` alters this answer: not at all, mostly."""
    fault = faults.active("schema_change", path)
    options = fault.options if fault else {}
    return Change(options.get("field"), options.get("add_field"))
