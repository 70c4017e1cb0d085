"""Keys of service accounts, and the assertions signed with them (RFC 7523)."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import exceptions as google_errors
from google.auth import jwt

if TYPE_CHECKING:
    from sandbox.simulation.world import World

__all__ = ["InvalidAssertion", "ServiceAccount", "ServiceAccounts"]

_PUBLIC_TOKEN_URL: Final = "https://oauth2.googleapis.com/token"  # noqa: S105


class InvalidAssertion(ValueError):
    """The JWT was not signed by a key of the sandbox, or is not meant for it."""


@dataclass(frozen=True)
class ServiceAccount:
    """A key pair that signs in for one connection.

    `handle` is a refresh token nobody sees: it dies when the connection is revoked.
    """

    company: str
    source: str
    public_key: bytes
    handle: str


class ServiceAccounts:
    """The keys made since the start, by key id."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._accounts: dict[str, ServiceAccount] = {}

    def make_key(self, company: str, source: str) -> dict[str, str]:
        """A new key, as the JSON file that people download."""
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        key_id = secrets.token_hex(20)
        self._accounts[key_id] = ServiceAccount(
            company,
            source,
            key.public_key().public_bytes(
                serialization.Encoding.PEM,
                serialization.PublicFormat.SubjectPublicKeyInfo,
            ),
            self._world.tokens.issue(company, source, kind="refresh"),
        )
        private_key = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        name = f"{company}-{source}".replace("_", "-")
        return {
            "type": "service_account",
            "project_id": "sandbox",
            "private_key_id": key_id,
            "private_key": private_key.decode(),
            "client_email": f"{name}@sandbox.iam.gserviceaccount.com",
            "client_id": str(int(key_id[:16], 16)),
            "token_uri": f"{self._world.base_url}/google/token",
        }

    def verified(self, assertion: str) -> tuple[ServiceAccount, list[str]]:
        """Whose assertion it is, and the scopes it asks for.

        Raises
        ------
        InvalidAssertion
        """
        try:
            header = jwt.decode_header(assertion)  # type: ignore[no-untyped-call]
            account = self._accounts[header["kid"]]
            claims = jwt.decode(  # type: ignore[no-untyped-call]
                assertion,
                certs=account.public_key,
                audience=[f"{self._world.base_url}/google/token", _PUBLIC_TOKEN_URL],
            )
        except (KeyError, ValueError, google_errors.GoogleAuthError):
            raise InvalidAssertion("Invalid JWT Signature.") from None
        return account, str(claims.get("scope", "")).split()
