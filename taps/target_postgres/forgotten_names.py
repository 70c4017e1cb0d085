"""Names that a company forgot, and where in a record a name may stand.

The platform keeps of each name HMAC(key, SHA-256(name)), in hexadecimal, and hands over
the keys with the hashes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from psycopg import sql

from taps.target_postgres.naming import quoted
from taps.target_postgres.warehouse import Warehouse

__all__ = ["ForgottenNames", "PersonColumns", "telephone"]

_MARKS = re.compile(r"[\s.()+-]")
_NUMBER = re.compile(r"\d{6,}k?")

Record = Mapping[str, Any]


class ForgottenNames:
    """Asked whether a name was forgotten; it cannot tell which ones were.

    Parameters
    ----------
    settings : mapping
        ``table`` (where hashes are kept), ``keys`` (by id, the newest last) and
        ``hashes``; empty if nobody was forgotten.
    """

    def __init__(
        self, settings: Mapping[str, Any], warehouse: Warehouse, company_id: str
    ) -> None:
        self._warehouse = warehouse
        self._company_id = company_id
        self._table: str = settings.get("table", "")
        keys = settings.get("keys", {})
        self._keys = {key_id: bytes.fromhex(key) for key_id, key in keys.items()}
        self._hashes = set(settings.get("hashes", ()))
        self._learnt: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def __contains__(self, name: str) -> bool:
        return any(_hash(key, name) in self._hashes for key in self._keys.values())

    @property
    def waiting(self) -> int:
        """Number of hashes to be written."""
        return len(self._learnt)

    def learn(self, names: Iterable[str]) -> None:
        """Forget these, too, from now on."""
        newest = list(self._keys.values())[-1]
        for name in names:
            if name not in self:
                self._hashes.add(hash_ := _hash(newest, name))
                self._learnt.append(hash_)

    def write(self) -> None:
        """Keep the names that were learnt, in the running transaction."""
        if not self._learnt:
            return
        statement = sql.SQL(
            "insert into {} (company_id, key_id, identifier_hash)"
            " select %s, %s, unnest(%s::text[]) on conflict do nothing"
        ).format(quoted(*self._table.split(".")))
        newest = list(self._keys)[-1]
        self._warehouse.run(statement, self._company_id, newest, sorted(self._learnt))
        self._learnt.clear()


class PersonColumns:
    """Where a record names a person.

    Parameters
    ----------
    settings : mapping
        ``people``: streams whose records are a person, with the ``columns`` of their
        ids and the ``prefix`` the platform puts before them; ``references``: columns
        of other streams that refer to a person, and the prefix; those that have the
        first one's prefix count.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.people: Mapping[str, Any] = settings.get("people", {})
        self._references: Mapping[str, str] = settings.get("references", {})
        own = {person["prefix"] for person in self.people.values()}
        self._prefixes = {"", *self._references.values(), *own}

    def names(self, stream: str, record: Record) -> Iterator[str]:
        """Addresses, tax ids and ids in the record, as the platform hashes them."""
        if email := _text(record, "email").lower():
            yield email
        if rut := re.sub(r"[^0-9k]", "", _text(record, "rut").lower()):
            yield rut
        for column, prefix in self._ids(stream, record):
            if id_ := _text(record, column):
                yield from _forms(id_, prefix)

    def forms(self, value: object) -> set[str]:
        """Every way a value of an unknown column may have been written down."""
        text = value.strip() if isinstance(value, str) else ""
        found = (_forms(text, prefix) for prefix in self._prefixes if text)
        return set().union(*found)

    def _ids(self, stream: str, record: Record) -> list[tuple[str, str]]:
        if person := self.people.get(stream):
            return [(column, person["prefix"]) for column in person["columns"]]
        found = [each for each in self._references.items() if each[0] in record]
        return [each for each in found if each[1] == found[0][1]]

    def is_of_one(self, stream: str, record: Record) -> bool:
        """Whether all names in the record are those of one person."""
        return stream in self.people or len(self._ids(stream, record)) <= 1


def telephone(record: Record) -> set[str]:
    """Families share a telephone: it names a person only where no address does."""
    digits = re.sub(r"\D", "", _text(record, "phone"))
    return {digits} if digits and record.get("email") is None else set()


def _forms(id_: str, prefix: str) -> set[str]:
    """How the platform may have written an id down: a log's own may be anything."""
    if prefix:
        return {f"{prefix}{id_}", f"{prefix}{id_}".lower()}
    name = id_.lower()
    bare = _MARKS.sub("", name)
    is_number = "@" not in name and "/" not in name and _NUMBER.fullmatch(bare)
    return {id_, bare if is_number else name}


def _text(record: Record, column: str) -> str:
    value = record.get(column)
    return "" if value is None else str(value).strip()


def _hash(key: bytes, name: str) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return hmac.digest(key, digest.encode(), "sha256").hex()
