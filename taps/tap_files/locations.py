"""From the ``paths`` setting to the files to read."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from taps.tap_files.problems import FileError

if TYPE_CHECKING:
    from taps.tap_files.settings import Settings

__all__ = ["FORMATS", "SourceFile", "find_files", "find_sources", "unreadable"]

FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "spreadsheet",
    ".xlsm": "spreadsheet",
    ".xls": "spreadsheet",
    ".ods": "spreadsheet",
}


@dataclass(frozen=True)
class SourceFile:
    """A file to read.

    Attributes
    ----------
    path : where it is.
    name : its lasting name: the path below the folder (or fixed part of the glob)
        that was given, so that ``2024/orders.csv`` and ``2025/orders.csv`` differ.
    format : csv, jsonl, parquet or spreadsheet.
    contract : what it holds where its name says so, else the settings or header do.
    date_format : order of day and month that what it was taken from proves, or None.
    """

    path: Path
    name: str
    format: str
    contract: str | None = None
    date_format: str | None = None


@contextmanager
def find_sources(
    settings: Settings,
) -> Iterator[tuple[list[SourceFile], list[FileError]]]:
    """Files and tables that the settings name, and what is wrong with them."""
    from taps.tap_files.formats.reports import split_reports  # noqa: PLC0415 it needs this

    files, errors = find_files(settings.paths)
    with split_reports(files) as (sources, unsaid):
        if settings.database_url is None:
            yield sources, [*errors, *unsaid]
            return
        # Only those who read a database pay for what speaks to one.
        from taps.tap_files.databases import database_files  # noqa: PLC0415

        with database_files(settings) as (tables, unread):
            yield [*sources, *tables], [*errors, *unsaid, *unread]


def find_files(paths: Iterable[str]) -> tuple[list[SourceFile], list[FileError]]:
    """Files named by the setting, by name, and what is wrong with the setting."""
    found: dict[Path, SourceFile] = {}
    errors: list[FileError] = []
    for text in paths:
        try:
            for source in _files_of(text):
                found.setdefault(source.path.resolve(), source)
        except FileError as error:
            errors.append(error)
    sources = sorted(found.values(), key=lambda source: source.name)
    clashes = list(_clashes(sources))
    clashing = {error.name for error in clashes}
    return [s for s in sources if s.name not in clashing], errors + clashes


def unreadable(source: SourceFile, error: OSError) -> FileError:
    """What is wrong with a file that the system does not hand out."""
    why = f": {error.strerror.lower()}" if error.strerror else ""
    remedy = "Check that it exists and may be read"
    return FileError(source.name, f"the file cannot be read{why}", remedy=remedy)


def _files_of(text: str) -> Iterator[SourceFile]:
    path = Path(text).expanduser()
    if path.is_file():
        yield _source(path, path.parent)
    elif path.is_dir():
        yield from _known(path.rglob("*"), root=path, given=text)
    else:
        matches = (Path(match) for match in glob.glob(str(path), recursive=True))  # noqa: PTH207
        yield from _known(matches, root=_fixed_part(path), given=text)


def _known(candidates: Iterable[Path], *, root: Path, given: str) -> list[SourceFile]:
    """Files of a known format below ``root``; hidden ones are left alone."""
    known = [
        _source(path, root)
        for path in candidates
        if path.suffix.lower() in FORMATS
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
    ]
    if not known:
        remedy = f"Check the setting paths; known endings are {', '.join(FORMATS)}"
        raise FileError(given, "no file matches this path", remedy=remedy)
    return known


def _source(path: Path, root: Path) -> SourceFile:
    name = path.relative_to(root).as_posix()
    if path.suffix.lower() not in FORMATS:
        remedy = f"Export it as one of {', '.join(FORMATS)}"
        raise FileError(name, f"{path.suffix!r} is not a known ending", remedy=remedy)
    return SourceFile(path, name, FORMATS[path.suffix.lower()])


def _fixed_part(path: Path) -> Path:
    """The folder of a glob above its first wildcard."""
    parts = path.parts
    wild = next((i for i, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return Path(*parts[: min(wild, len(parts) - 1)])


def _clashes(sources: list[SourceFile]) -> Iterator[FileError]:
    for first, second in pairwise(sources):
        if first.name == second.name:
            remedy = "Give the folder above them in paths, so that their names differ"
            problem = f"two files have this name: {first.path} and {second.path}"
            yield FileError(first.name, problem, remedy=remedy)
