"""Every way a reader may ask a card, also with texts that try to break out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

import psycopg
from psycopg import sql

from metabase.content.entities import Card
from metabase.content.parameters import TAG_TYPES

__all__ = ["HOSTILE", "answer", "asked"]

NUMBERS = ("0", "-1", "1000000000", "0.5")
HOSTILE = (
    "bolt",
    "' or 1=1 --",
    "' or company_id = 'bolt' --",
    "'; set role bi_bolt; select * from reporting.customer_values; --",
    "' union all select null --",
    "'; reset role; select * from marts.orders; --",
    "%' or true --",
)
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_TAG = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def asked(
    card: Card,
) -> Iterator[tuple[tuple[str, tuple[tuple[str, str], ...]], tuple[str, Any]]]:
    """Every value alone and beside each of another choice, and all choices at once."""
    kinds = _kinds(card)
    for given in _choices({name: _values(kinds[name]) for name in sorted(kinds)}):
        text = _OPTIONAL.sub(
            lambda block, known=frozenset(given): (  # type: ignore[misc]
                block[1] if set(_TAG.findall(block[1])) <= known else ""
            ),
            card.sql,
        )
        if set(_TAG.findall(text)) <= set(given):
            key = (card.path.stem, tuple(sorted(given.items())))
            yield key, (text, {one: (kinds[one], given[one]) for one in given})


def _choices(values: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Each alone, in pairs and all at once: all combinations would be thousands."""
    for names in (pair for size in range(3) for pair in combinations(values, size)):
        for chosen in product(*(values[name] for name in names)):
            yield dict(zip(names, chosen, strict=True))
    if len(values) > 2:
        for place in range(max(map(len, values.values()))):
            yield {name: told[place % len(told)] for name, told in values.items()}


def _values(kind: str) -> tuple[str, ...]:
    return NUMBERS if kind == "number" else HOSTILE


def _kinds(card: Card) -> dict[str, str]:
    return {one.slug: TAG_TYPES[one.kind] for one in card.parameters}


def answer(connection: psycopg.Connection, text: str, given: Any) -> tuple[str, str]:
    """The rows as Metabase would get them, or the error: which one, and no more."""

    def bound(match: re.Match[str]) -> str:
        kind, value = given[match[1]]
        return value if kind == "number" else sql.Literal(value).as_string(connection)

    query = _TAG.sub(bound, text)
    try:
        rows = connection.execute(query.encode()).fetchall()
    except psycopg.Error as error:
        return "error", type(error).__name__
    return "rows", repr(rows)
