"""Credentials of the Marketing API: a token, and a proof of the app's secret."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

__all__ = ["MetaAuthorizer"]


class MetaAuthorizer:
    """Sends the token in a header, where no log of addresses has it."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._token = str(config["access_token"])
        secret = config.get("app_secret")
        self.parameters = (
            {"appsecret_proof": _proof(self._token, secret)} if secret else {}
        )
        """What every call carries besides the header."""
        self.secrets = tuple(str(each) for each in (self._token, secret) if each)
        """What no message may hold: Meta quotes a token that it cannot read."""

    def headers(self) -> Mapping[str, str]:
        """The Authorization header."""
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Only the person who connected can give another token."""
        return False


def _proof(token: str, secret: str) -> str:
    """HMAC-SHA256 of the token, by Meta's guide to securing Graph API requests."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
