"""Which version of each file was loaded last; kept in the Singer state."""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from taps.tap_files.locations import SourceFile

__all__ = ["Bookmarks", "FileVersion", "version_of"]

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class FileVersion:
    """A file's content at one time.

    Attributes
    ----------
    sha256 : names the version. The hash of the bytes, or of that and the settings
        when the same bytes are read again another way: rows of one reading must
        not stay among those of the next.
    content : hash of the bytes.
    exported_at : UTC time from which this version counts; grows with every version.
    mtime, size : of the file, to see later what was there.
    settings : fingerprint of how it was read; other settings read it again.
    same_as : name of another file with this content, which was not loaded twice.
    """

    sha256: str
    content: str
    exported_at: str
    mtime: str
    size: int
    settings: str
    same_as: str | None = None


class Bookmarks:
    """The versions last loaded, by file name, inside the tap's state."""

    def __init__(self, state: MutableMapping[str, Any]) -> None:
        self._versions: dict[str, dict[str, Any]] = state.setdefault("versions", {})

    def is_loaded(self, name: str, version: FileVersion) -> bool:
        """Whether this very content was already read, the same way."""
        known = self._versions.get(name, {})
        return (known.get("content"), known.get("settings")) == (
            version.content,
            version.settings,
        )

    def twin(self, name: str, version: FileVersion) -> str | None:
        """Another file that was loaded with the same content."""
        for other, known in self._versions.items():
            is_original = other != name and not known.get("same_as")
            if is_original and known["content"] == version.content:
                return other
        return None

    def version_name(self, name: str, content: str, settings: str) -> str:
        """What to call this reading of a file."""
        known = self._versions.get(name, {})
        is_reread = known.get("content") == content and known["settings"] != settings
        if not is_reread:
            return content
        return hashlib.sha256(f"{content}:{settings}".encode()).hexdigest()

    def next_exported_at(self, name: str, mtime: datetime) -> datetime:
        """The file's time, or just after its last version if that is later."""
        known = self._versions.get(name)
        if known is None:
            return mtime
        return max(mtime, datetime.fromisoformat(known["exported_at"]) + _TICK)

    def remember(self, name: str, version: FileVersion) -> None:
        """Note that a version was loaded, or is a twin of one that was."""
        self._versions[name] = {
            key: value for key, value in asdict(version).items() if value is not None
        }


def version_of(
    source: SourceFile, bookmarks: Bookmarks, settings_fingerprint: str
) -> FileVersion:
    """The version of a file that is on disk now."""
    status = source.path.stat()
    mtime = datetime.fromtimestamp(status.st_mtime_ns // 1_000 / 1e6, UTC)
    with source.path.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileVersion(
        sha256=bookmarks.version_name(source.name, content, settings_fingerprint),
        content=content,
        exported_at=bookmarks.next_exported_at(source.name, mtime).isoformat(),
        mtime=mtime.isoformat(),
        size=status.st_size,
        settings=settings_fingerprint,
    )
