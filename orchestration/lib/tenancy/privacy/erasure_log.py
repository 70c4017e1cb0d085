"""Who was forgotten, kept beside the database as well: a copy of it may be older."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from orchestration.lib.connections.connection_secrets import sealing
from orchestration.lib.core.secrets import Vault
from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.privacy.erasure_keys import (
    ForgottenNames,
    fresh_key,
    keyed,
    unsealed,
)
from orchestration.lib.warehouse.database import one_at_a_time

__all__ = [
    "Erasures",
    "add_erasures",
    "forgotten_names",
    "keep_erasures",
    "key_old_erasures",
]

_FILE = "erasures.csv"
# What stands for the key of a hash that was kept before there were keys.
_NO_KEY = ""


@dataclass(frozen=True)
class Erasures:
    """Hashes (company, id of the key, hash) and sealed keys, by company and id."""

    hashes: frozenset[tuple[str, str, str]] = frozenset()
    keys: Mapping[tuple[str, str], bytes] = field(default_factory=dict)

    def __or__(self, other: Erasures) -> Erasures:
        return Erasures(self.hashes | other.hashes, {**self.keys, **other.keys})

    @property
    def has_old(self) -> bool:
        """Whether a hash was kept before there were keys."""
        return any(key_id == _NO_KEY for _, key_id, _ in self.hashes)


def forgotten_names(
    url: str, settings: Settings, company_id: str, *, create: bool = False
) -> ForgottenNames:
    """The names a company forgot; with ``create`` it has a key afterwards.

    Raises
    ------
    SecretsUnreadable
        It forgot somebody, and the key to tell whom is not at hand.
    """
    key_old_erasures(url, settings)
    found = _in_database(url, company_id)
    if not found.hashes and not create:
        return ForgottenNames()
    with sealing(url, settings, create=create) as (database, vault):
        if not found.keys:
            key_id, _, sealed = fresh_key(vault, company_id)
            _add_key(database, company_id, key_id, sealed)
            found = Erasures(found.hashes, {(company_id, key_id): sealed})
        keys = {
            key_id: unsealed(vault, company_id, key_id, sealed)
            for (_, key_id), sealed in found.keys.items()
        }
    return ForgottenNames(keys, frozenset(hash_ for *_, hash_ in found.hashes))


def key_old_erasures(url: str, settings: Settings) -> None:
    """Key the hashes that were kept before there were keys; then they are gone."""
    if (_in_database(url) | _in_file(settings.home)).has_old:
        keep_erasures(url, settings)


def keep_erasures(url: str, settings: Settings) -> Erasures:
    """Write those of the database and of the file into the file; return them."""
    with one_at_a_time(url, "erasures"):
        # Of a key sealed twice the database has the newer seal.
        erasures = _in_file(settings.home) | _in_database(url)
        if erasures.has_old:
            with sealing(url, settings) as (_, vault):
                erasures = _keyed(vault, erasures)
            add_erasures(url, erasures)
            with psycopg.connect(url) as database:
                database.execute(
                    "delete from ops.forgotten_people where key_id is null"
                )
        _write(settings.home, erasures)
    return erasures


def add_erasures(url: str, erasures: Erasures) -> None:
    """Let the database know them, of the companies it has."""
    with psycopg.connect(url) as database:
        for (company_id, key_id), sealed in erasures.keys.items():
            _add_key(database, company_id, key_id, sealed)
        database.cursor().executemany(
            """insert into ops.forgotten_people (company_id, key_id, identifier_hash)
            select company_id, %s, %s from ops.companies where company_id = %s
            on conflict do nothing""",
            [(key_id, hash_, id_) for id_, key_id, hash_ in sorted(erasures.hashes)],
        )


def _keyed(vault: Vault, erasures: Erasures) -> Erasures:
    """All of them under keys: those that had none under one of their company."""
    keys = dict(erasures.keys)
    hashes = {each for each in erasures.hashes if each[1] != _NO_KEY}
    old = erasures.hashes - hashes
    for company_id in sorted({company_id for company_id, *_ in old}):
        key_id, key = _key_of(vault, company_id, keys)
        hashes |= {
            (company_id, key_id, keyed(key, hash_))
            for owner, _, hash_ in old
            if owner == company_id
        }
    return Erasures(frozenset(hashes), keys)


def _key_of(
    vault: Vault, company_id: str, keys: dict[tuple[str, str], bytes]
) -> tuple[str, bytes]:
    """A company's last key, made and added where it has none."""
    for owner, key_id in reversed(keys):
        if owner == company_id:
            seal = keys[owner, key_id]
            return key_id, unsealed(vault, company_id, key_id, seal)
    key_id, key, sealed = fresh_key(vault, company_id)
    keys[company_id, key_id] = sealed
    return key_id, key


def _add_key(
    database: psycopg.Connection, company_id: str, key_id: str, sealed: bytes
) -> None:
    database.execute(
        """insert into ops.erasure_keys (company_id, key_id, encrypted_secrets)
        select company_id, %s, %s from ops.companies where company_id = %s
        on conflict do nothing""",
        (key_id, sealed, company_id),
    )


def _in_database(url: str, company_id: str | None = None) -> Erasures:
    with psycopg.connect(url) as database:
        hashes = database.execute(
            """select company_id, coalesce(key_id, %s), identifier_hash
            from ops.forgotten_people
            where company_id = coalesce(%s, company_id)""",
            (_NO_KEY, company_id),
        ).fetchall()
        keys = database.execute(
            """select company_id, key_id, encrypted_secrets from ops.erasure_keys
            where company_id = coalesce(%s, company_id) order by made_at, key_id""",
            (company_id,),
        ).fetchall()
    return Erasures(
        frozenset((company, key_id, hash_) for company, key_id, hash_ in hashes),
        {(company, key_id): bytes(sealed) for company, key_id, sealed in keys},
    )


def _in_file(home: Path) -> Erasures:
    """Lines of three are hashes, of two hashes of before, of four sealed keys."""
    hashes: set[tuple[str, str, str]] = set()
    keys: dict[tuple[str, str], bytes] = {}
    for line in _lines(home / _FILE):
        match line:
            case [company_id, hash_]:
                hashes.add((company_id, _NO_KEY, hash_))
            case [company_id, key_id, hash_]:
                hashes.add((company_id, key_id, hash_))
            case [company_id, key_id, "key", sealed]:
                keys[company_id, key_id] = sealed.encode()
    return Erasures(frozenset(hashes), keys)


def _lines(file: Path) -> Iterator[list[str]]:
    if file.exists():
        with file.open(newline="") as lines:
            yield from csv.reader(lines)


def _write(home: Path, erasures: Erasures) -> None:
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f"{_FILE}.{os.getpid()}"
    draft.touch(mode=0o600)
    with draft.open("w", newline="") as file:
        lines = csv.writer(file)
        for (company_id, key_id), sealed in sorted(erasures.keys.items()):
            lines.writerow((company_id, key_id, "key", sealed.decode()))
        lines.writerows(sorted(erasures.hashes))
    draft.replace(home / _FILE)
