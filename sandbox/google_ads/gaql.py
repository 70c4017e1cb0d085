"""The Google Ads query language, as far as reports need it.

`SELECT fields FROM resource [WHERE conditions] [ORDER BY fields] [LIMIT n]
[PARAMETERS ...]`; see developers.google.com/google-ads/api/docs/query/grammar.
"""

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Condition", "InvalidQuery", "Ordering", "Query", "parse"]

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<number>-?\d+(?:\.\d+)?)(?![\w.])
      | (?P<word>[A-Za-z_][\w.]*)
      | (?P<symbol>!=|>=|<=|=|>|<|,|\(|\))
    )""",
    re.VERBOSE,
)
_SYMBOLS: Final = ("=", "!=", ">", ">=", "<", "<=")
_WORD_OPERATORS: Final = ("IN", "LIKE", "BETWEEN", "DURING", "REGEXP_MATCH")


class InvalidQuery(Exception):
    """A query the real service refuses with this `queryError` code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Condition:
    """`field operator values`; every operator but IN and BETWEEN has one value."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Ordering:
    """One field of ORDER BY."""

    field: str
    is_descending: bool


@dataclass(frozen=True)
class Query:
    """A query understood, with the fields in the order they were asked for."""

    fields: tuple[str, ...]
    resource: str
    conditions: tuple[Condition, ...]
    orderings: tuple[Ordering, ...]
    limit: int | None

    @property
    def mentioned(self) -> tuple[str, ...]:
        """Every field of the query, once, selected or not."""
        named = [
            *self.fields,
            *(condition.field for condition in self.conditions),
            *(ordering.field for ordering in self.orderings),
        ]
        return tuple(dict.fromkeys(named))


def parse(text: str) -> Query:
    """Read a query.

    Raises
    ------
    InvalidQuery
        When it is not one, with the code and words the service would use.
    """
    tokens = _Tokens(_tokenise(text))
    tokens.expect("SELECT", "EXPECTED_SELECT")
    fields = tokens.names()
    tokens.expect("FROM", "EXPECTED_FROM")
    resource = tokens.name()
    conditions: list[Condition] = []
    if tokens.accept("WHERE"):
        conditions.append(_condition(tokens))
        while tokens.accept("AND"):
            conditions.append(_condition(tokens))
    orderings: list[Ordering] = []
    if tokens.accept("ORDER"):
        tokens.expect("BY", "EXPECTED_BY")
        orderings = _orderings(tokens)
    limit = _limit(tokens) if tokens.accept("LIMIT") else None
    if tokens.accept("PARAMETERS"):
        return Query(fields, resource, tuple(conditions), tuple(orderings), limit)
    if not tokens.at_end:
        raise InvalidQuery(
            "UNEXPECTED_INPUT", f"Error in query: unexpected input {tokens.take()}."
        )
    return Query(fields, resource, tuple(conditions), tuple(orderings), limit)


def _tokenise(text: str) -> list[str]:
    tokens, position = [], 0
    text = text.strip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise InvalidQuery(
                "UNEXPECTED_INPUT",
                f"Error in query: unexpected input {text[position:].split()[0]}.",
            )
        tokens.append(found.group().strip())
        position = found.end()
    return tokens


class _Tokens:
    """The words of a query, read from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def at_end(self) -> bool:
        return self._next >= len(self._tokens)

    def peek(self) -> str:
        return "" if self.at_end else self._tokens[self._next]

    def take(self) -> str:
        if self.at_end:
            raise InvalidQuery(
                "UNEXPECTED_END_OF_QUERY", "Error in query: unexpected end of query."
            )
        self._next += 1
        return self._tokens[self._next - 1]

    def accept(self, keyword: str) -> bool:
        if self.peek().upper() != keyword:
            return False
        self._next += 1
        return True

    def expect(self, keyword: str, code: str) -> None:
        if not self.accept(keyword):
            raise InvalidQuery(
                code, f"Error in query: expected {keyword}, found '{self.peek()}'."
            )

    def name(self) -> str:
        taken = self.take()
        if not (taken[0].isalpha() or taken[0] == "_"):
            raise InvalidQuery(
                "BAD_FIELD_NAME", f"Error in query: bad field name {taken}."
            )
        return taken

    def names(self) -> tuple[str, ...]:
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        return tuple(found)

    def value(self) -> str:
        taken = self.take()
        if taken[0] in "'\"":
            return re.sub(r"\\(.)", r"\1", taken[1:-1])
        if taken in (*_SYMBOLS, ",", "(", ")"):
            raise InvalidQuery(
                "BAD_VALUE", f"Error in WHERE clause: invalid value {taken}."
            )
        return taken

    def values(self) -> tuple[str, ...]:
        self.expect("(", "EXPECTED_LIST")
        found = [self.value()]
        while self.accept(","):
            found.append(self.value())
        self.expect(")", "EXPECTED_LIST")
        return tuple(found)


def _condition(tokens: _Tokens) -> Condition:
    field = tokens.name()
    operator = tokens.take().upper()
    if operator == "NOT":
        operator = f"NOT {tokens.take().upper()}"
    if operator in ("IN", "NOT IN"):
        return Condition(field, operator, tokens.values())
    if operator == "BETWEEN":
        first = tokens.value()
        tokens.expect("AND", "EXPECTED_VALUE_WITH_BETWEEN_OPERATOR")
        return Condition(field, operator, (first, tokens.value()))
    if operator.removeprefix("NOT ") in (*_SYMBOLS, *_WORD_OPERATORS):
        return Condition(field, operator, (tokens.value(),))
    raise InvalidQuery(
        "BAD_OPERATOR", f"Error in WHERE clause: invalid operator {operator}."
    )


def _orderings(tokens: _Tokens) -> list[Ordering]:
    found = []
    while True:
        field = tokens.name()
        is_descending = tokens.accept("DESC")
        if not is_descending:
            tokens.accept("ASC")
        found.append(Ordering(field, is_descending))
        if not tokens.accept(","):
            return found


def _limit(tokens: _Tokens) -> int:
    taken = tokens.take()
    if not taken.isdigit() or int(taken) < 1:
        raise InvalidQuery("BAD_LIMIT_VALUE", f"Error in LIMIT clause: {taken}.")
    return int(taken)
