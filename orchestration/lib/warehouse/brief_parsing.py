"""dbt's parsed project, read as Python keeps it, and laid out where a template asks.

Each command reads what was parsed, a fifth of its time on few rows, and writes down all
nodes for the variable `graph`, of which our macros look at three entries of each model.
"""

from __future__ import annotations

import os
import pickle
import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import GraphMemberNode
from dbt.parser.manifest import ManifestLoader
from dbt.version import __version__ as dbt_version

__all__ = ["HEAD", "KEPT", "Graph", "brief_parsing", "sealed", "unpacked"]

_READ = ManifestLoader.read_manifest_for_partial_parse
_UNPACK: Callable[..., Manifest] = Manifest.from_msgpack
KEPT = "partial_parse.pickle"
_VERSIONS = f"dbt {dbt_version}, Python {platform.python_version()}\n".encode()
#: Bytes before what Python wrote.
HEAD = 2 * sha256().digest_size

_PARTS = (
    *("exposures", "functions", "groups", "metrics"),
    *("nodes", "sources", "semantic_models", "saved_queries"),
)
_PLAIN = frozenset({"name", "resource_type", "unique_id"})


@contextmanager
def brief_parsing() -> Iterator[None]:
    """Have dbt do both, as above."""
    with (
        patch.object(ManifestLoader, "read_manifest_for_partial_parse", _read),
        patch.object(Manifest, "build_flat_graph", _lay_out_later),
    ):
        yield


def _read(loader: ManifestLoader) -> Manifest | None:
    # Beside the folder of the one process, where the next one finds it.
    kept = Path(loader.root_project.project_target_path).parent / KEPT

    def unpack(content: bytes, **decoding: Any) -> Manifest:
        return unpacked(content, kept, **decoding)

    with patch.object(Manifest, "from_msgpack", unpack):
        return _READ(loader)


def unpacked(content: bytes, kept: Path, **decoding: Any) -> Manifest:
    """What dbt parsed, of its own file's content.

    Parameters
    ----------
    kept
        Where it is kept as Python's own, beside hashes of both: one of another content,
        of other versions or a damaged one is written anew.
    """
    with suppress(Exception):
        known = kept.read_bytes()
        body = known[HEAD:]
        if known == sealed(content, body):
            # As trusted as dbt's own file and the code, which lie beside it.
            return Manifest(**pickle.loads(body))  # noqa: S301
    manifest = _UNPACK(content, **decoding)
    # Where nobody may write all goes as it did.
    with suppress(OSError):
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(sealed(content, _pickled(manifest)))
        unfinished.replace(kept)
    return manifest


def sealed(content: bytes, body: bytes) -> bytes:
    """What is kept of a content of dbt's own file: a hash of either, and Python's."""
    return sha256(_VERSIONS + content).digest() + sha256(body).digest() + body


def _pickled(manifest: Manifest) -> bytes:
    """Field by field: `Manifest.__reduce_ex__` of dbt 1.11 leaves some out."""
    return pickle.dumps(
        {
            one.name: getattr(manifest, one.name)
            for one in fields(manifest)
            # Indexes, which dbt makes again when it looks something up.
            if not one.name.startswith("_")
        }
    )


def _lay_out_later(manifest: Manifest) -> None:
    manifest.flat_graph = Graph(manifest)  # type: ignore[assignment]


class Graph(Mapping[str, Mapping[str, Any]]):
    """The variable `graph` of templates, each part laid out when it is asked for."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._parts: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, part: str) -> Mapping[str, Any]:
        if part not in _PARTS:
            raise KeyError(part)
        if part not in self._parts:
            members: Mapping[str, Any] = getattr(self._manifest, part)
            laid_out = _Member if part == "nodes" else _written
            self._parts[part] = {key: laid_out(one) for key, one in members.items()}
        return self._parts[part]

    def __iter__(self) -> Iterator[str]:
        return iter(_PARTS)

    def __len__(self) -> int:
        return len(_PARTS)


class _Member(Mapping[str, Any]):
    """One node, written down only where more than what it is called is asked."""

    def __init__(self, node: GraphMemberNode) -> None:
        self._node = node
        self._written: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key in _PLAIN:
            return str(getattr(self._node, key))
        if key == "config":
            return _written(self._node.config)
        if not self._written:
            self._written = _written(self._node)
        return self._written[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_written(self._node))

    def __len__(self) -> int:
        return len(_written(self._node))


def _written(member: Any) -> dict[str, Any]:
    written: dict[str, Any] = member.to_dict(omit_none=False)
    return written
