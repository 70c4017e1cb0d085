"""In which encoding a text file is written, found before any row is read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

from taps.tap_files.locations import SourceFile
from taps.tap_files.problems import FileError
from taps.tap_files.settings import AUTO

__all__ = ["TextEncoding", "detect_encoding"]

_CHUNK = 1 << 20
_SAMPLE = 1 << 19
_EXPORT_AGAIN = "Export it again as UTF-8, or name its encoding with encoding"
_WESTERN = "cp1252"
_CUT = "the file ends in the middle of a character, as if cut in half"
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_STRANGE = re.compile(
    # Signs inside a word, capitals after small letters, or long runs of accents:
    # what text of another alphabet turns into when it is read as cp1252.
    r"(?<=[a-zß-öø-ÿ])[À-ÖØ-Þ]|(?<=\w)[¡-©«-¹»-¿\u00d7÷ƒ†‡‰\u2039\u203a\u02c6\u02dc](?=\w)"
    r"|[À-ÖØ-öø-ÿ¡-¿]{4,}"
)


@dataclass(frozen=True)
class TextEncoding:
    """How a text file is encoded, and whether it has letters beyond ASCII."""

    name: str
    is_ascii: bool


def detect_encoding(source: SourceFile, setting: str = AUTO) -> TextEncoding:
    """The encoding in which every byte of the file can be read.

    UTF-8, then UTF-16 by its mark or its zeros, then cp1252 when the result looks
    like a Western European language.

    Raises
    ------
    FileError
        The file is empty, not text, cut inside a character, or in an encoding that
        cannot be told; with the line of the first unreadable byte.
    """
    with source.path.open("rb") as stream:
        head = stream.read(4096)
    _refuse_non_text(source, head)
    if setting != AUTO:
        return TextEncoding(setting, _is_ascii_throughout(source, setting))
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return TextEncoding(encoding, _is_ascii_throughout(source, encoding))
    if wide := _utf_16_by_zeros(head):
        return TextEncoding(wide, _is_ascii_throughout(source, wide))
    try:
        return TextEncoding("utf-8", _is_ascii_throughout(source, "utf-8"))
    except FileError as error:
        if _is_utf_8_with_damage(source):
            raise error
        return _western(source, error)


def _refuse_non_text(source: SourceFile, head: bytes) -> None:
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xfe\xff"):
        remedy = "Export it again, or remove it from the folder"
        raise FileError(source.name, "the file is empty", remedy=remedy)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        remedy = "Open it and save it as CSV UTF-8"
        problem = "the file is a spreadsheet or an archive, not text"
        raise FileError(source.name, problem, remedy=remedy)


def _utf_16_by_zeros(head: bytes) -> str | None:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) / 5:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_ascii_throughout(source: SourceFile, encoding: str) -> bool:
    """Decode the whole file strictly; says whether it is all ASCII."""
    decoder = codecs.getincrementaldecoder(encoding)()
    is_ascii, line = True, 1
    for chunk, is_last in _chunks(source):
        try:
            text = decoder.decode(chunk, final=is_last)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            raise _undecodable(source, encoding, line, error) from None
        if "\0" in text:
            line += text[: text.index("\0")].count("\n")
            problem = "the file holds zero bytes, so it is not text"
            raise FileError(source.name, problem, remedy=_EXPORT_AGAIN, line=line)
        is_ascii = is_ascii and text.isascii()
        line += text.count("\n")
    return is_ascii


def _chunks(source: SourceFile) -> Iterator[tuple[bytes, bool]]:
    with source.path.open("rb") as stream:
        chunk = stream.read(_CHUNK)
        while chunk:
            following = stream.read(_CHUNK)
            yield chunk, not following
            chunk = following


def _undecodable(
    source: SourceFile, encoding: str, line: int, error: UnicodeDecodeError
) -> FileError:
    if error.reason in {"unexpected end of data", "truncated data"}:
        return FileError(source.name, _CUT, remedy="Export it again", line=line)
    byte = error.object[error.start]
    problem = f"byte 0x{byte:02X} is not {encoding} text"
    return FileError(source.name, problem, remedy=_EXPORT_AGAIN, line=line)


def _is_utf_8_with_damage(source: SourceFile) -> bool:
    """Whether the unreadable bytes are exceptions in a file that is UTF-8."""
    text = _non_ascii_lines(source).decode("utf-8", errors="surrogateescape")
    broken = sum("\udc80" <= c <= "\udcff" for c in text)
    return sum(c > "\x7f" for c in text) - broken >= broken


def _western(source: SourceFile, utf_8_error: FileError) -> TextEncoding:
    sample = _non_ascii_lines(source)
    try:
        text = sample.decode(_WESTERN)
    except UnicodeDecodeError:
        text = ""
    accents = sum(c > "\x7f" for c in text)
    if accents and len(_STRANGE.findall(text)) <= accents / 20:
        return TextEncoding(_WESTERN, _is_ascii_throughout(source, _WESTERN))
    if utf_8_error.problem == _CUT:
        raise utf_8_error
    guess = from_bytes(sample).best()
    hint = f" (it looks like {guess.encoding})" if guess else ""
    raise FileError(
        source.name,
        f"the file is neither UTF-8 nor {_WESTERN} text{hint}",
        remedy=_EXPORT_AGAIN,
        line=utf_8_error.line,
    )


def _non_ascii_lines(source: SourceFile) -> bytes:
    """The first half megabyte of lines that are not plain ASCII."""
    lines: list[bytes] = []
    size = 0
    with source.path.open("rb") as stream:
        for line in stream:
            if not line.isascii():
                lines.append(line)
                size += len(line)
            if size > _SAMPLE:
                break
    return b"".join(lines)
