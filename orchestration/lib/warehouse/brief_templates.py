"""Templates of dbt compiled once, and not by each of its processes.

A tenth of a command's time on few rows: each macro, model and test that it touches is
made into Python anew, and most stayed as they were since the last command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType
from typing import Any
from unittest.mock import patch

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

__all__ = ["brief_templates"]

_COMPILE = Environment.compile
_compiled: dict[tuple[type[Environment], str], CodeType] = {}


@contextmanager
def brief_templates(folder: Path) -> Iterator[None]:
    """Take what was compiled before from a folder, and leave there what was not.

    A damaged file, another Python's or another Jinja's is compiled anew, and so is all
    where nobody may write.
    """
    kept = FileSystemBytecodeCache(str(folder), "%s.jinja")
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)

    def compile_once(
        environment: Environment, source: Any, *told: Any, **words: Any
    ) -> Any:
        if told or words or not isinstance(source, str):
            return _COMPILE(environment, source, *told, **words)
        key = type(environment), source
        if key not in _compiled:
            _compiled[key] = _taken(kept, environment, source)
        return _compiled[key]

    with patch.object(Environment, "compile", compile_once):
        yield


def _taken(
    kept: FileSystemBytecodeCache, environment: Environment, source: str
) -> CodeType:
    """The Python of a template, from the folder or for it."""
    name = f"{type(environment).__qualname__}\n{source}"
    # Whatever is wrong with a kept file: without it all goes as it did.
    with suppress(Exception):
        bucket = kept.get_bucket(environment, name, None, source)
        if bucket.code is not None:
            return bucket.code
    code: CodeType = _COMPILE(environment, source)
    key, checksum = kept.get_cache_key(name), kept.get_source_checksum(source)
    bucket = Bucket(environment, key, checksum)
    bucket.code = code
    with suppress(OSError):
        kept.set_bucket(bucket)
    return code
