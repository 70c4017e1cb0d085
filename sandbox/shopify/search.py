"""Shopify's search syntax: `updated_at:>='2026-11-01' AND status:any`, parsed.

A term names a field, a comparator and a value; terms are joined by AND (or a blank), OR
and NOT (or a minus sign). A value with a colon in it has to be quoted: what follows the
colon is otherwise taken for another term, with a field nobody knows. A term of an
unknown field is left out, and all that the others find is returned: only
`extensions.search` says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

__all__ = [
    "And",
    "Node",
    "Not",
    "Or",
    "Term",
    "parsed_as_told",
    "parsed_search",
    "terms",
]

Comparator: TypeAlias = Literal[">=", "<=", ">", "<", "="]

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\))
      | (?P<word>AND|OR|NOT)(?=[\s(])
      | (?P<minus>-)(?=[\w(])
      | :?(?P<field>[\w.]+)\s*:\s*(?P<comparator>>=|<=|>|<|=)?\s*
        (?: '(?P<single>[^']*)' | "(?P<double>[^"]*)" | (?P<bare>[^\s:()'"]+) )
      | '(?P<text1>[^']*)' | "(?P<text2>[^"]*)" | (?P<text3>[^\s()]+)
    )""",
    re.VERBOSE,
)
_RANGES: Final = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt"}


@dataclass(frozen=True)
class Term:
    """One condition. `field` is "default" for a bare text."""

    field: str
    comparator: Comparator
    value: str


@dataclass(frozen=True)
class And:
    """All of them. Of none: everything."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Or:
    """One of them at least."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class Not:
    """Anything but that."""

    part: "Node"


Node: TypeAlias = Term | And | Or | Not


def parsed_search(text: str | None) -> Node:
    """The condition that a search text states; an empty one states none."""
    return _Parser(list(_tokens(text or ""))).alternatives()


def terms(node: Node) -> Iterator[Term]:
    """All terms of a condition."""
    match node:
        case Term():
            yield node
        case Not(part):
            yield from terms(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms(part)


def parsed_as_told(node: Node) -> Any:
    """The condition as `extensions.search[].parsed` shows it."""
    match node:
        case Term(field, "=", value):
            return {"field": field, "match_all": value}
        case Term(field, comparator, value):
            return {"field": field, "range": {_RANGES[comparator]: value}}
        case Not(part):
            return {"not": parsed_as_told(part)}
        case Or(parts):
            return {"or": [parsed_as_told(part) for part in parts]}
        case And(parts):
            return {"and": [parsed_as_told(part) for part in parts]}


def _tokens(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(text.rstrip()):
        found = _TOKEN.match(text, position)
        if found is None:
            position += 1
            continue
        yield found
        position = found.end()


class _Parser:
    """Recursive descent; what cannot be read is read as far as it can be."""

    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def alternatives(self) -> Node:
        parts = [self._conjunction()]
        while self._word() == "OR":
            self._at += 1
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _conjunction(self) -> Node:
        parts: list[Node] = []
        while (token := self._token()) is not None:
            if token["close"] or self._word() == "OR":
                break
            if self._word() == "AND":
                self._at += 1
                continue
            parts.append(self._factor(token))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _factor(self, token: re.Match[str]) -> Node:
        self._at += 1
        if token["minus"] or token["word"] == "NOT":
            following = self._token()
            return And(()) if following is None else Not(self._factor(following))
        if token["open"]:
            inner = self.alternatives()
            self._at += 1
            return inner
        if token["field"]:
            value = next(
                text
                for text in (token["single"], token["double"], token["bare"])
                if text is not None
            )
            comparator: Any = token["comparator"] or "="
            return Term(token["field"], comparator, value)
        text = token["text1"] or token["text2"] or token["text3"] or ""
        return Term("default", "=", text)

    def _token(self) -> re.Match[str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _word(self) -> str | None:
        token = self._token()
        return token["word"] if token is not None else None
