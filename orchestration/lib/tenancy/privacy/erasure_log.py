"""Who was forgotten, kept beside the database as well: a copy of it may be older."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import psycopg

__all__ = ["Erasures", "add_erasures", "erasures_in", "keep_erasures", "kept_erasures"]

#: Company and hash of a name, as `ops.forgotten_people` has them.
Erasures = frozenset[tuple[str, str]]

_FILE = "erasures.csv"


def erasures_in(url: str) -> Erasures:
    """Those the database knows."""
    with psycopg.connect(url) as database:
        rows = database.execute(
            "select company_id, identifier_hash from ops.forgotten_people"
        )
        return frozenset((str(company), str(hash_)) for company, hash_ in rows)


def add_erasures(url: str, erasures: Erasures) -> None:
    """Let the database know them, of the companies it has."""
    with psycopg.connect(url) as database, database.cursor() as cursor:
        cursor.executemany(
            """insert into ops.forgotten_people (company_id, identifier_hash)
            select company_id, %s from ops.companies where company_id = %s
            on conflict do nothing""",
            [(hash_, company_id) for company_id, hash_ in sorted(erasures)],
        )


def kept_erasures(home: Path) -> Erasures:
    """Those of the file in the home."""
    file = home / _FILE
    if not file.exists():
        return frozenset()
    with file.open(newline="") as rows:
        return frozenset((row[0], row[1]) for row in csv.reader(rows) if len(row) == 2)


def keep_erasures(home: Path, url: str) -> Erasures:
    """Write those of the database and of the file into the file; return them."""
    erasures = erasures_in(url) | kept_erasures(home)
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f"{_FILE}.{os.getpid()}"
    draft.touch(mode=0o600)
    with draft.open("w", newline="") as rows:
        csv.writer(rows).writerows(sorted(erasures))
    draft.replace(home / _FILE)
    return erasures
