"""SQL whose parts stand where they are read, and no longer under names before it.

Postgres puts a part (`with name as (...)`) that is read once in its place as well, but
walks and copies the whole statement for each, and each part holds those before it: what
stands on views on views was planned for a quarter of a second, half of it for this.
Only what Postgres would put in its place is put there: the statement stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["flat_sql"]

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$.*?\$\3\$)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
# Where one of these stands before a name, it is a table's; `distinct from` apart.
_READING = frozenset({"from", "join"})
# What may follow a table that is given no other name.
_AFTER = frozenset(
    {
        *("as", "on", "using", "where", "group", "order", "having", "window", "limit"),
        *("offset", "fetch", "union", "except", "intersect", "inner", "left", "right"),
        *("full", "cross", "natural", "join", "lateral", "tablesample", "for"),
    }
)
# A part that does more than read, or must be made by itself, stays where it is.
_KEPT = frozenset(
    {
        *("with", "recursive", "materialized", "insert", "update", "delete", "merge"),
        *("random", "clock_timestamp", "nextval", "setval", "setseed", "for"),
        *("gen_random_uuid", "timeofday"),
    }
)


# What follows `with` where it begins no parts.
_NO_PARTS = frozenset({"time", "ordinality", "ties", "data", "no"})


class _Token(NamedTuple):
    kind: str
    text: str
    word: str


@dataclass
class _Part:
    name: str
    tokens: list[_Token]
    #: Whether it says itself that it is to be made for itself.
    is_materialized: bool


def flat_sql(statement: str, *, is_view: bool = False) -> str:
    """The statement with each part that is read once in its place.

    What is not understood as a row of plain parts and a query is given back as it is. A
    view keeps its last part: without one Postgres would mix it with what reads it, and
    plan both another way.
    """
    parts, query = _parts(_tokens(statement))
    if not parts or len({part.name for part in parts}) < len(parts):
        return statement
    bodies = [part.tokens for part in parts] + [query]
    words = [{token.word for token in body} for body in bodies]
    if any(map(_is_other_sql, bodies)) or _is_read_before(parts, bodies, words):
        return statement
    kept: list[str] = []
    for place, part in enumerate(parts):
        reads = [
            (below, at)
            for below in range(place + 1, len(bodies))
            if part.name in words[below]
            for at in _reads(bodies[below], part.name)
        ]
        is_last = place == len(parts) - 1
        stays = part.is_materialized or words[place] & _KEPT or (is_view and is_last)
        if len(reads) != 1 or stays:
            how = "as materialized" if part.is_materialized else "as"
            kept.append(f"{part.name} {how} ({_text(bodies[place])})")
            continue
        ((below, at),) = reads
        body = bodies[below]
        named = [] if _has_name(body, at) else _tokens(f" as {part.name}")
        body[at : at + 1] = [*_tokens("("), *bodies[place], *_tokens("\n)"), *named]
        words[below] |= words[place]
    before = f"with {', '.join(kept)}\n" if kept else ""
    return f"{before}{_text(bodies[-1]).strip()}"


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        kind, said = match.lastgroup or "text", match.group()
        found.append(_Token(kind, said, said.lower() if kind == "word" else said))
    return found


def _text(tokens: Sequence[_Token]) -> str:
    return "".join(token.text for token in tokens)


def _parts(tokens: list[_Token]) -> tuple[list[_Part], list[_Token]]:
    """The parts and what reads them; none where the statement has another form."""
    at = _next(tokens, 0)
    if at == len(tokens) or tokens[at].word != "with":
        return [], tokens
    parts: list[_Part] = []
    while True:
        name = _next(tokens, at + 1)
        as_ = _next(tokens, name + 1)
        opened = _next(tokens, as_ + 1)
        is_materialized = opened < len(tokens) and tokens[opened].word == "materialized"
        if is_materialized:
            opened = _next(tokens, opened + 1)
        if opened >= len(tokens) or tokens[name].kind != "word":
            return [], tokens
        if (tokens[as_].word, tokens[opened].text) != ("as", "("):
            return [], tokens
        closed = _closed(tokens, opened)
        body = tokens[opened + 1 : closed]
        parts.append(_Part(tokens[name].word, body, is_materialized))
        at = _next(tokens, closed + 1)
        if at >= len(tokens) or tokens[at].text != ",":
            return parts, tokens[closed + 1 :]


def _is_other_sql(tokens: Sequence[_Token]) -> bool:
    """Whether names may mean something else there: parts of its own, other texts."""
    for at, token in enumerate(tokens[:-1]):
        follows = tokens[at + 1].text
        if token.word == "with":
            after = _next(tokens, at + 1)
            if after == len(tokens) or tokens[after].word not in _NO_PARTS:
                return True
        if token.word in {"e", "u"} and follows[0] in "'&":
            return True
    return False


def _is_read_before(
    parts: Sequence[_Part], bodies: Sequence[list[_Token]], words: Sequence[set[str]]
) -> bool:
    """Whether a part's name means a table too: before it, or in quotes."""
    quoted = {f'"{part.name}"' for part in parts}
    return any(
        _reads(body, part.name)
        for place, part in enumerate(parts)
        for body, said in zip(bodies[: place + 1], words, strict=False)
        if part.name in said
    ) or any(
        token.text in quoted and (at == 0 or tokens[at - 1].text != ".")
        for tokens, said in zip(bodies, words, strict=True)
        if quoted & said
        for at, token in enumerate(tokens[:-1])
        if tokens[at + 1].text != "."
    )


def _closed(tokens: Sequence[_Token], opened: int) -> int:
    depth = 0
    for at in range(opened, len(tokens)):
        if tokens[at].kind == "sign":
            depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
            if not depth:
                return at
    return len(tokens)


def _reads(tokens: Sequence[_Token], name: str) -> list[int]:
    """Where a name is that of what is read; where it may be, too often to count as one.

    A name in any other place, as of a column, is no reading.
    """
    found: list[int] = []
    for at, token in enumerate(tokens):
        if token.word != name or token.kind != "word":
            continue
        follows = _next(tokens, at + 1)
        after = tokens[follows].text if follows < len(tokens) else ""
        before = _before(tokens, at)
        if before[1] in _READING and before[0] != "distinct" and after != "(":
            found.append(at)
        elif before[1] == ",":
            # A list of tables is written like one of columns.
            found += [at, at] if after not in {".", "("} else []
    return found


def _before(tokens: Sequence[_Token], at: int) -> tuple[str, str]:
    """The two tokens before a place that are neither space nor comment."""
    said = [""]
    while at and len(said) < 3:
        at -= 1
        if tokens[at].kind != "space":
            said.append(tokens[at].word)
    return (said[2] if len(said) > 2 else "", said[1] if len(said) > 1 else "")


def _has_name(tokens: Sequence[_Token], at: int) -> bool:
    """Whether what is read there is given a name of its own."""
    follows = _next(tokens, at + 1)
    if follows == len(tokens) or tokens[follows].kind != "word":
        return False
    return tokens[follows].word == "as" or tokens[follows].word not in _AFTER


def _next(tokens: Sequence[_Token], at: int) -> int:
    """The first place from there on that is neither space nor comment."""
    while at < len(tokens) and tokens[at].kind == "space":
        at += 1
    return at
