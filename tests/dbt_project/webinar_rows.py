"""Rows of files of webinars as the loader leaves them."""

from __future__ import annotations

from tests.dbt_project.raw_files import RawFile, Row

__all__ = ["registrant", "visit", "webinar", "webinar_file"]


def webinar_file(contract: str, *rows: Row, version: int = 1) -> RawFile:
    """A file of one kind, such as `registrants`, named after it."""
    return RawFile(f"{contract}.csv", rows, version=version, contract=contract)


def webinar(webinar_id: str, starts_at: str, **others: object) -> Row:
    """A webinar and when it began."""
    return {"webinar_id": webinar_id, "starts_at": starts_at, **others}


def registrant(webinar_id: str, name: str, at: str, **others: object) -> Row:
    """Who registered, with an address made of their name."""
    return {
        "webinar_id": webinar_id,
        "registrant_id": f"id {name}",
        "email": f"{name}@example.test",
        "registered_at": at,
        **others,
    }


def visit(
    webinar_id: str, joined_at: str, left_at: str | None, **others: object
) -> Row:
    """A visit on one device; who it was is told by the others."""
    return {
        "webinar_id": webinar_id,
        "joined_at": joined_at,
        "left_at": left_at,
        **others,
    }
