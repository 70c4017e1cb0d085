"""Damage to the bytes of a file: cut, encoded twice, ended otherwise, or no file."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Iterator, Mapping
from itertools import cycle

from tests.taps.tap_files.damaged.shapes import File, Shape

__all__ = ["foreign", "raw_damages"]

ENCODINGS = {
    "a mark of UTF-8": "utf-8-sig",
    "UTF-16": "utf-16",
    "UTF-16 without a mark": "utf-16-le",
    "UTF-16 the other way": "utf-16-be",
    "Latin-1": "latin-1",
}
"""Of a text file: read all the same."""


def raw_damages(shape: Shape, file: File) -> Iterator[tuple[str, bytes, int]]:
    """(what is wrong, the bytes, how many rows are there at all)."""
    content, every = file.written(shape), len(file.true)
    if shape.ending not in {"csv", "jsonl"}:
        damages = _of_archives(content)
    else:
        damages = {**_encoded(content.decode()), **_ended(content)}
        yield from _cut(shape, content, every)
        if shape.ending == "jsonl":
            damages |= _json(content.decode())
    for name, spoilt in damages.items():
        yield name, spoilt, every


def _of_archives(content: bytes) -> dict[str, bytes]:
    spoilt = {}
    for share in (30, 60, 95):
        cut = content[: len(content) * share // 100]
        spoilt[f"cut at {share} in a hundred"] = cut
    for place in (35, 70):
        at = len(content) * place // 100
        flipped = bytes(byte ^ 0x5A for byte in content[at : at + 8])
        changed = content[:at] + flipped + content[at + 8 :]
        spoilt[f"eight other bytes at {place} in a hundred"] = changed
    return spoilt


def _encoded(text: str) -> dict[str, bytes]:
    half = len(text) // 2
    return {name: text.encode(encoding) for name, encoding in ENCODINGS.items()} | {
        "UTF-16 cut in a character": text.encode("utf-16")[:-1],
        "UTF-32": text.encode("utf-32"),
        "two marks of UTF-8": b"\xef\xbb\xbf" * 2 + text.encode(),
        "encoded twice": text.encode().decode("cp1252").encode(),
        "another alphabet": text.replace("peña", "Юлий").encode("cp1251", "replace"),
        "two encodings": text[:half].encode() + text[half:].encode("latin-1"),
    }


def _cut(shape: Shape, content: bytes, every: int) -> Iterator[tuple[str, bytes, int]]:
    lines = content.splitlines(keepends=True)
    first = len(lines) - every
    until = b"".join(lines[: first + 8])
    row = lines[first + 8]
    yield "cut in a row", until + row[: len(row) * 2 // 5], 9
    letter = row.find(b"\xc3") + 1
    yield "cut in a letter", until + row[:letter], 9
    if shape.ending == "csv":
        yield "cut in quotes", until + row[: letter - 1] + b'"pe', 9
        yield "cut in its header", lines[first - 1][:-8], every
    yield "cut at its end", content[:-3] if shape.ending == "jsonl" else until, 8


def _ended(content: bytes) -> dict[str, bytes]:
    half, lines, ends = len(content) // 2, content.splitlines(), cycle((b"\r\n", b"\n"))
    return {
        "without its last break": content.rstrip(b"\n"),
        "a zero in the middle": content[:half] + b"\0" + content[half:],
        "zeros at the end": content + b"\0" * 512,
        "zeros instead of its second half": content[:half] + b"\0" * half,
        "mixed line ends": b"".join(line + next(ends) for line in lines),
        "line ends of Windows": content.replace(b"\n", b"\r\n"),
        "empty lines between": content.replace(b"\n", b"\n\n"),
        "an end of DOS": content + b"\x1a",
        "an error of the program below": content + b"Fatal error: memory exhausted\n",
    }


def _json(text: str) -> dict[str, bytes]:
    lines = text.splitlines(keepends=True)
    deep = "[" * 50_000 + "]" * 50_000 + "\n"
    spoilt = {
        "a deep line": deep,
        "a deep value": '{"order_id": ' + deep.strip() + "}\n",
        "a list": '[{"order_id": "x"}]\n',
        "half a pair": '{"order_id": "\\ud800", "amount": 5, "payment_id": "1"}\n',
        "a zero in a key": '{"order_id": "z", "amount\\u0000": 5}\n',
        "a zero in a name": '{"order_id": "z\\u0000", "amount": 5, "method": "x"}\n',
        "a comma behind": lines[0].strip() + ",\n",
        "two on a line": lines[0].strip() + lines[1],
        "single quotes": "{'order_id': 'x'}\n",
        "no object": "null\n",
    }
    middle = {
        f"{name} in the middle": "".join([*lines[:4], line, *lines[4:]]).encode()
        for name, line in spoilt.items()
    }
    return middle | {
        f"{name} at the end": "".join([*lines, line]).encode()
        for name, line in spoilt.items()
    }


def foreign() -> Mapping[str, bytes]:
    """What is no table at all, whatever its name says."""
    rng = random.Random(20261126)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("orders.csv", "customer,date,amount\n1,2025-01-14,5.00\n")
    return {
        "nothing": b"",
        "breaks alone": b"\n\n \r\n",
        "a mark alone": b"\xef\xbb\xbf",
        "noise": rng.randbytes(5_000),
        "a picture": b"\x89PNG\r\n\x1a\n" + rng.randbytes(2_000),
        "an archive": archive.getvalue(),
        "a packed file": gzip.compress(b"customer,date,amount\n1,2025-01-14,5.00\n"),
        "a page": b"<html><body><table><tr><td>1</td></tr></table></body></html>\n",
        "an answer": b'{"error": {"message": "Not authorised", "code": 401}}\n',
        "a word": b"gratis\n",
        "a document": b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n",
        "a table of another kind": b"name,colour\nMug,red\nPot,blue\n",
        "a line without end": b"x" * 300_000,
        "delimiters alone": b",,,,\n,,,,\n",
    }
