"""Who was forgotten is refused before a row is made of them.

The platform keeps of each name HMAC(key, SHA-256(name)), in hexadecimal, and hands over
the keys with the hashes. A record that is a forgotten person is left out; any other one
that names them is loaded as that of nobody, because revenue is the company's.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from psycopg import sql

from taps.target_postgres.naming import quoted
from taps.target_postgres.warehouse import Warehouse

__all__ = ["ForgottenPeople"]

_REPLACEMENT = "[forgotten]"
_ADDRESS = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
_MARKS = re.compile(r"[\s.()+-]")
_NESTED = (dict, list)
_NUMBER = re.compile(r"\d{6,}k?")

Record = dict[str, Any]


class ForgottenPeople:
    """The people one company forgot.

    Parameters
    ----------
    settings : mapping
        Empty if nobody was. Else ``table`` (where hashes are kept), ``keys`` (by id,
        the newest last), ``hashes``; ``people``: streams whose records are a person,
        with the ``columns`` of their ids and the ``prefix`` the platform puts before
        them; ``references``: columns of other streams that refer to a person, and the
        prefix; ``personal``: what is emptied; ``counted``: a column that names a batch
        and the one that says how many rows of it were loaded.
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
        self._people: Mapping[str, Any] = settings.get("people", {})
        self._references: Mapping[str, str] = settings.get("references", {})
        self._personal = frozenset(settings.get("personal", ()))
        self._counted: Mapping[str, str] = settings.get("counted", {})
        self._learnt: list[str] = []
        self._refused_of_batch: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.emptied: Counter[str] = Counter()

    def __len__(self) -> int:
        """Number of hashes waiting to be written."""
        return len(self._learnt)

    def admit(self, stream: str, record: Record) -> Record | None:
        """The record without the forgotten; None if it is one of them.

        Other names of theirs in it are forgotten from now on.
        """
        if not self._hashes:
            return record
        names = set(self._names(stream, record))
        if not any(self._knows(name) for name in names | self._telephone(record)):
            return self._counting(self._without_addresses(record))
        self._learn(names)
        if stream in self._people:
            self.refused[stream] += 1
            self._refused_of_batch.update(
                str(record[column]) for column in self._counted if column in record
            )
            return None
        self.emptied[stream] += 1
        emptied = {
            key: None if key in self._personal else value
            for key, value in record.items()
        }
        return self._counting(self._without_addresses(emptied))

    def without_cells(self, record: Record) -> Record:
        """A record of unknown columns, without the values that are a forgotten name."""
        if not self._hashes:
            return record
        cells = record.get("record")
        if isinstance(cells, dict):
            kept = {
                key: _REPLACEMENT if self._is_name(value) else value
                for key, value in cells.items()
            }
            record = record | {"record": kept}
        return self._without_addresses(record)

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

    def _names(self, stream: str, record: Record) -> Iterator[str]:
        if email := _text(record, "email").lower():
            yield email
        if rut := re.sub(r"[^0-9k]", "", _text(record, "rut").lower()):
            yield rut
        for column, prefix in self._ids(stream, record):
            if id_ := _text(record, column):
                yield from _forms(id_, prefix)

    def _ids(self, stream: str, record: Record) -> list[tuple[str, str]]:
        if person := self._people.get(stream):
            return [(column, person["prefix"]) for column in person["columns"]]
        found = [each for each in self._references.items() if each[0] in record]
        return found[:1]

    def _telephone(self, record: Record) -> set[str]:
        """Families share a telephone: it names a person only where no address does."""
        digits = re.sub(r"\D", "", _text(record, "phone"))
        return {digits} if digits and record.get("email") is None else set()

    def _is_name(self, value: object) -> bool:
        if not isinstance(value, str) or not value.strip():
            return False
        prefixes = {
            "",
            *self._references.values(),
            *(person["prefix"] for person in self._people.values()),
        }
        forms = {form for prefix in prefixes for form in _forms(value.strip(), prefix)}
        return any(self._knows(form) for form in forms)

    def _knows(self, name: str) -> bool:
        return any(self._hash(key, name) in self._hashes for key in self._keys.values())

    def _learn(self, names: Iterable[str]) -> None:
        newest = list(self._keys.values())[-1]
        for name in names:
            if not self._knows(name):
                hash_ = self._hash(newest, name)
                self._hashes.add(hash_)
                self._learnt.append(hash_)

    @staticmethod
    def _hash(key: bytes, name: str) -> str:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        return hmac.digest(key, digest.encode(), "sha256").hex()

    def _without_addresses(self, record: Record) -> Record:
        """The record with forgotten addresses blotted out of every text in it."""
        # One pass that looks, and builds nothing for a record without any text of ours.
        found = {
            key: self._blotted_out(value)
            for key, value in record.items()
            if key not in self._personal
            and ("@" in value if type(value) is str else type(value) in _NESTED)
        }
        return record | found if found else record

    def _blotted_out(self, value: Any) -> Any:
        if isinstance(value, str):
            return _ADDRESS.sub(self._blotted, value) if "@" in value else value
        if isinstance(value, dict):
            return {key: self._blotted_out(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._blotted_out(each) for each in value]
        return value

    def _blotted(self, found: re.Match[str]) -> str:
        return _REPLACEMENT if self._knows(found[0].lower()) else found[0]

    def _counting(self, record: Record) -> Record:
        """A record that counts a batch, less the rows of it that were refused."""
        for batch, count in self._counted.items():
            refused = self._refused_of_batch[str(record.get(batch))]
            if refused and isinstance(record.get(count), int):
                record = record | {count: record[count] - refused}
        return record


def _text(record: Record, column: str) -> str:
    value = record.get(column)
    return "" if value is None else str(value).strip()


def _forms(id_: str, prefix: str) -> set[str]:
    """How the platform may have written an id down: a log's own may be anything."""
    if prefix:
        return {f"{prefix}{id_}", f"{prefix}{id_}".lower()}
    name = id_.lower()
    bare = _MARKS.sub("", name)
    is_number = "@" not in name and "/" not in name and _NUMBER.fullmatch(bare)
    return {id_, bare if is_number else name}
