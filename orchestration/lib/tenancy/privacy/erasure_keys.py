"""The keys under which forgotten names are hashed, one a company, sealed like secrets.

What is kept of a name is HMAC(key, SHA-256(name)), both in hexadecimal (RFC 2104):
who has a dump of the database and not the key of its secrets can confirm no guess. The
inner hash is what was kept before there were keys, so older rows are keyed, too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orchestration.lib.connections.connection_secrets import erasure_secret
from orchestration.lib.core.secrets import Vault

__all__ = ["ForgottenNames", "fresh_key", "keyed", "sha256", "unsealed"]

_KEY_BYTES = 32
_KEY = "key"


@dataclass(frozen=True)
class ForgottenNames:
    """Asked whether a company forgot a name; it cannot tell which ones it forgot.

    Parameters
    ----------
    keys
        By id, oldest first: the last one hashes what is added. Several where erasures
        of two installations came together.
    """

    keys: Mapping[str, bytes] = field(default_factory=dict)
    hashes: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        return any(
            keyed(key, sha256(name)) in self.hashes for key in self.keys.values()
        )

    def hashed(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """What is kept of names: the id of the newest key, and the hash."""
        key_id, key = list(self.keys.items())[-1]
        return [(key_id, keyed(key, sha256(name))) for name in sorted(names)]


def keyed(key: bytes, digest: str) -> str:
    """The hash that is kept of a name whose SHA-256 is given."""
    return hmac.digest(key, digest.encode(), "sha256").hex()


def sha256(name: str) -> str:
    """The hash of a name that marts and other sources know, too."""
    return hashlib.sha256(name.encode()).hexdigest()


def fresh_key(vault: Vault, company_id: str) -> tuple[str, bytes, bytes]:
    """A new key of a company: its id, itself, and sealed."""
    key_id, key = secrets.token_hex(8), secrets.token_bytes(_KEY_BYTES)
    name = erasure_secret(key_id)
    return key_id, key, vault.seal(company_id, name, {_KEY: key.hex()})


def unsealed(vault: Vault, company_id: str, key_id: str, sealed: bytes) -> bytes:
    """A company's key.

    Raises
    ------
    SecretsUnreadable
    """
    content = vault.unseal(company_id, erasure_secret(key_id), sealed)
    return bytes.fromhex(content[_KEY])
