"""Encryption of the connections' secrets, and the key file.

Fernet (AES-128-CBC with HMAC-SHA256) of the cryptography package. What is encrypted
names the connection it belongs to, so that a ciphertext copied into another row, or
another company, is refused there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.settings import Settings

__all__ = ["KeyFile", "SecretsUnreadable", "Vault", "new_key", "open_vault"]

_ONLY_ITS_OWNER = 0o600


class SecretsUnreadable(PlainError, RuntimeError):
    """Secrets cannot be encrypted or decrypted; the message says what to do."""


class Vault:
    """Seals and unseals secrets. The first key encrypts, every key decrypts."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise SecretsUnreadable(
                "A key of the secrets is not one: 32 bytes in URL-safe base64 are "
                "expected. Make one with: timonel secrets new-key"
            ) from None

    def seal(
        self, company_id: str, connection_id: str, secrets: dict[str, Any]
    ) -> bytes:
        """Encrypt the secrets of one connection."""
        content = {
            "company_id": company_id,
            "connection_id": connection_id,
            "secrets": secrets,
        }
        return self._fernet.encrypt(json.dumps(content).encode())

    def unseal(
        self, company_id: str, connection_id: str, sealed: bytes
    ) -> dict[str, Any]:
        """Decrypt the secrets of one connection.

        Raises
        ------
        SecretsUnreadable
            No key fits, or they were sealed for another connection.
        """
        where = f"{company_id}/{connection_id}"
        try:
            content = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise SecretsUnreadable(
                f"{where}: no key at hand decrypts its secrets. Bring back the key "
                "(TIMONEL_SECRET_KEY, or secret.key in TIMONEL_HOME), or connect it "
                "again."
            ) from None
        owner = (content["company_id"], content["connection_id"])
        if owner != (company_id, connection_id):
            raise SecretsUnreadable(
                f"{where}: its secrets belong to {'/'.join(owner)}. Somebody copied "
                "the row: connect it again."
            )
        secrets: dict[str, Any] = content["secrets"]
        return secrets


class KeyFile:
    """``secret.key`` below the home: one key a line, the first encrypts."""

    def __init__(self, home: Path) -> None:
        self.path = home / "secret.key"

    def exists(self) -> bool:
        """Whether a first secret was ever stored here."""
        return self.path.exists()

    def read(self) -> list[str]:
        """The keys.

        Raises
        ------
        SecretsUnreadable
            There is none, or others could read it.
        """
        if not self.exists():
            raise SecretsUnreadable(
                f"There is no key file {self.path}. Bring it back, or set "
                "TIMONEL_SECRET_KEY."
            )
        if self.path.stat().st_mode & 0o077:
            raise SecretsUnreadable(
                f"Others can read {self.path}, so it is not used. First: "
                f"chmod 600 {self.path}"
            )
        return self.path.read_text().split()

    def create(self) -> None:
        """Write a first key, unless somebody was faster."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._draft([new_key()])
        try:
            # Unlike a rename, a link does not replace what is there.
            os.link(draft, self.path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()

    def write(self, keys: Sequence[str]) -> None:
        """Replace the keys, in one step."""
        self._draft(keys).replace(self.path)

    def _draft(self, keys: Sequence[str]) -> Path:
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        descriptor = os.open(
            draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_ITS_OWNER
        )
        with os.fdopen(descriptor, "w") as file:
            file.write("".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        return draft


def new_key() -> str:
    """A fresh random key."""
    return Fernet.generate_key().decode()


def open_vault(settings: Settings, *, create: bool = False) -> Vault:
    """The vault of this installation; its key file is made when asked for.

    Raises
    ------
    SecretsUnreadable
    """
    if settings.secret_keys:
        return Vault(settings.secret_keys)
    file = KeyFile(settings.home)
    if create and not file.exists():
        file.create()
    return Vault(file.read())
