"""Files that only a child reads and that nobody finds: a killed run leaves none."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

__all__ = ["NamelessFile", "nameless_file"]


@dataclass(frozen=True)
class NamelessFile:
    """An open file without a name.

    Parameters
    ----------
    path
        By which a child may open it that is given the descriptor (``pass_fds``).
    """

    path: str
    descriptor: int


@contextmanager
def nameless_file(content: Mapping[str, Any]) -> Iterator[NamelessFile]:
    """Settings, secrets among them, as JSON for a child that is started in the block.

    The file has no name from the beginning, so that it ends with the last process that
    holds it, however that ends.
    """
    with tempfile.TemporaryFile("w+") as file:
        json.dump(content, file)
        file.flush()
        file.seek(0)
        yield NamelessFile(f"/dev/fd/{file.fileno()}", file.fileno())
