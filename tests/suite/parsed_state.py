"""What dbt keeps of a parsed project, made to hold for another database.

dbt parses anew where another database was parsed for: eight seconds of each first run.
The names of the databases of tests are of one length, so the name can be changed in the
file as it is, and the hash of the connection beside it.
"""

from __future__ import annotations

from pathlib import Path
from pprint import pformat

from dbt.artifacts.resources.base import FileHash

from orchestration.lib.warehouse.brief_parsing import HEAD, KEPT, sealed

__all__ = ["FILE_NAME", "move_parsed", "move_pickled", "profile_hash"]

FILE_NAME = "partial_parse.msgpack"


def move_parsed(kept: Path, old: str, new: str) -> bytes:
    """The content of a file kept for one database (URL), for another.

    Raises
    ------
    ValueError
        The file is not of the old database, or the names are of different lengths.
    """
    content = kept.read_bytes()
    old_name, new_name = (url.rsplit("/", 1)[1].encode() for url in (old, new))
    old_hash = profile_hash(old).encode()
    if len(old_name) != len(new_name) or content.count(old_hash) != 1:
        raise ValueError(f"{kept} was not parsed for {old_name!r}")
    return _moved(content, old, new)


def move_pickled(kept: Path, content: bytes, old: str, new: str) -> bytes:
    """What Python keeps of such a file beside it, for another database.

    Parameters
    ----------
    content
        Of `move_parsed`, for the same.
    """
    body = kept.with_name(KEPT).read_bytes()[HEAD:]
    return sealed(content, _moved(body, old, new))


def _moved(content: bytes, old: str, new: str) -> bytes:
    old_name, new_name = (url.rsplit("/", 1)[1].encode() for url in (old, new))
    old_hash, new_hash = (profile_hash(url).encode() for url in (old, new))
    return content.replace(old_name, new_name).replace(old_hash, new_hash)


def profile_hash(url: str) -> str:
    """dbt's hash of a connection, as `ManifestLoader.build_manifest_state_check`.

    Of what stands in the parsed project, as every process of dbt here is told
    (`orchestration/lib/warehouse/brief_dbt.py`).
    """
    shown = [("database", url.rsplit("/", 1)[1]), ("schema", "staging")]
    return str(FileHash.from_contents(pformat(shown)).checksum)
