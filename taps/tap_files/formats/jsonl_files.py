"""JSONL files: one JSON object per line, with objects in it at most."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.settings import Settings
from taps.tap_files.tables import Row, as_cell
from taps.tap_files.values.encodings import TextEncoding, detect_encoding

__all__ = ["JsonlTable", "fields_of", "open_jsonl"]

_DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class JsonlTable:
    """A JSONL file whose encoding and keys are known."""

    source: SourceFile
    encoding: TextEncoding
    header: tuple[str, ...]

    @property
    def above(self) -> tuple[str, ...]:
        """Nothing: the names of the columns stand in every row, or apart."""
        return ()

    said = above

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing to say: JSON is read one way only."""
        return ()

    @property
    def is_ascii(self) -> bool:
        """Whether the raw text is ASCII; JSON may still escape other letters."""
        return False

    @property
    def decimal_hint(self) -> str:
        """A point, as in typed numbers."""
        return "."

    def rows(self) -> Iterator[Row]:
        """Rows with the line they are on; a key that is not there is empty."""
        for line, value in _values(self.source, self.encoding):
            if isinstance(value, dict):
                flat = fields_of(value)
                yield Row(line, [as_cell(flat.get(key)) for key in self.header])
            else:
                yield Row(line, (), "the line is not a JSON object")

    def check_end(self) -> None:
        """Raise FileError when the last line is not whole."""
        line, value = deque(_values(self.source, self.encoding), maxlen=1).pop()
        if value is None:
            problem = "the last line is not JSON, as if the file were cut in half"
            remedy = "Export it again"
            raise FileError(self.source.name, problem, remedy=remedy, line=line)


def open_jsonl(source: SourceFile, settings: Settings) -> JsonlTable:
    """Find the keys that the file's objects have, in order of appearance.

    Raises
    ------
    FileError
        Empty, undecodable, or without a single JSON object.
    """
    encoding = detect_encoding(source, settings.encoding)
    keys: dict[str, None] = {}
    for _, value in _values(source, encoding):
        if isinstance(value, dict):
            keys |= dict.fromkeys(fields_of(value))
    if not keys:
        problem = "no line is a JSON object"
        remedy = "Export it as one JSON object per line"
        raise FileError(source.name, problem, remedy=remedy, line=1)
    return JsonlTable(source, encoding, tuple(keys))


def _values(source: SourceFile, encoding: TextEncoding) -> Iterator[tuple[int, Any]]:
    """(line, value) of every line with something on it; None where it is not JSON."""
    with source.path.open(encoding=encoding.name, newline="\n") as stream:
        for line, text in enumerate(stream, start=1):
            if text.strip():
                yield line, _decoded(text)


def fields_of(value: dict[str, Any]) -> dict[str, Any]:
    """The fields of a row; those of an object in it stand behind its name and a point.

    An object may be written as text, and a list of one is that one.
    """
    flat: dict[str, Any] = {}
    for key, part in value.items():
        is_text = isinstance(part, str) and part.startswith("{")
        inner = _decoded(part) if is_text else part
        if isinstance(inner, dict):
            flat |= {f"{key}.{name}": _alone(each) for name, each in inner.items()}
        else:
            flat[key] = part
    return flat


def _alone(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _decoded(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None  # no JSON, or nested deeper than any export
