"""The keys of the secrets, sealed with a passphrase to travel with a backup."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.secrets import KeyFile
from orchestration.lib.core.settings import Settings

__all__ = ["PassphraseWrong", "bring_back_keys", "keys_at_hand", "seal", "unseal"]

# RFC 7914, section 2: cost and block size; 128 * r * n bytes are needed to try one.
_COST, _BLOCK_SIZE, _PARALLEL = 2**16, 8, 1


class PassphraseWrong(PlainError, ValueError):
    """The keys of a backup do not open; the message says what was tried."""


def keys_at_hand(settings: Settings) -> list[str]:
    """Keys that open the secrets of this installation; none if it never had one."""
    if settings.secret_keys:
        return list(settings.secret_keys)
    file = KeyFile(settings.home)
    return file.read() if file.exists() else []


def seal(keys: Sequence[str], passphrase: str) -> str:
    """The keys encrypted (Fernet), with the salt of the passphrase's scrypt."""
    salt = os.urandom(16)
    sealed = _cipher(passphrase, salt).encrypt(json.dumps(list(keys)).encode())
    return json.dumps({"salt": salt.hex(), "sealed": sealed.decode()})


def unseal(text: str, passphrase: str) -> list[str]:
    """The keys of a backup.

    Raises
    ------
    PassphraseWrong
    """
    content = json.loads(text)
    cipher = _cipher(passphrase, bytes.fromhex(content["salt"]))
    try:
        keys: list[str] = json.loads(cipher.decrypt(content["sealed"]))
    except InvalidToken:
        raise PassphraseWrong(
            "This passphrase does not open the keys of the backup. It is the one that "
            "was given when the backup was made (TIMONEL_BACKUP_PASSPHRASE, or asked)."
        ) from None
    return keys


def bring_back_keys(settings: Settings, keys: Sequence[str]) -> None:
    """Let the secrets of a backup be opened here; the present keys stay.

    Raises
    ------
    PassphraseWrong
        The keys come from TIMONEL_SECRET_KEY, which lacks one of the backup.
    """
    present = keys_at_hand(settings)
    missing = [key for key in keys if key not in present]
    if not missing:
        return
    if settings.secret_keys:
        raise PassphraseWrong(
            "TIMONEL_SECRET_KEY lacks a key of the backup, whose secrets could not be "
            "opened. Unset it to restore (the keys then stand in secret.key in "
            f"{Path(settings.home)}), or add the old key to it after a comma."
        )
    settings.home.mkdir(parents=True, exist_ok=True)
    KeyFile(settings.home).write([*present, *missing])


def _cipher(passphrase: str, salt: bytes) -> Fernet:
    kdf = Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK_SIZE, p=_PARALLEL)
    return Fernet(base64.urlsafe_b64encode(kdf.derive(passphrase.encode())))
