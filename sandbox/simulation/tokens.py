"""Who may ask: access tokens of the emulated sources, their life and their death."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

__all__ = ["Token", "TokenState", "Tokens"]

TokenState: TypeAlias = Literal["valid", "expired", "revoked", "unknown"]


@dataclass(frozen=True)
class Token:
    """A token as issued. `kind` tells access tokens from refresh tokens and codes."""

    text: str
    company: str
    slug: str
    kind: Literal["access", "refresh", "code"]
    expires_at: datetime | None
    requests_left: int | None = None
    is_revoked: bool = False


class Tokens:
    """All tokens of the sandbox, in memory. Deterministic in the seed."""

    def __init__(self, seed: int, now: Callable[[], datetime]):
        self._seed = seed
        self._now = now
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}
        self._issued = 0
        self._rotations: dict[tuple[str, str], int] = {}
        self._revoked: set[tuple[str, str]] = set()

    def secret(self, company: str, slug: str, name: str, length: int = 32) -> str:
        """A secret of a connection: the same for the same seed, until rotated."""
        generation = self._rotations.get((company, slug), 0)
        text = f"{self._seed}/{company}/{slug}/{name}/{generation}"
        return hashlib.sha256(text.encode()).hexdigest()[:length]

    def issue(
        self,
        company: str,
        slug: str,
        *,
        kind: Literal["access", "refresh", "code"] = "access",
        lifetime: timedelta | None = None,
        prefix: str = "",
    ) -> str:
        """A new token; without `lifetime` it never expires."""
        with self._lock:
            self._issued += 1
            digest = self.secret(company, slug, f"{kind}-{self._issued}")
            text = f"{prefix}{digest}"
            expires_at = self._now() + lifetime if lifetime else None
            self._tokens[text] = Token(text, company, slug, kind, expires_at)
            return text

    def register(self, text: str, company: str, slug: str) -> None:
        """Accept a token that was handed out with the connection's secrets."""
        with self._lock:
            self._tokens.setdefault(text, Token(text, company, slug, "access", None))

    def use(
        self, text: str, *, kind: Literal["access", "refresh", "code"] = "access"
    ) -> tuple[TokenState, Token | None]:
        """What a request with this token deserves; counts the request.

        Returns ("valid", token) or the reason against it. A Google token is issued
        for one company, so `token.company` and `token.slug` say what it opens.
        """
        with self._lock:
            token = self._tokens.get(text)
            if token is None or token.kind != kind:
                return "unknown", None
            if token.is_revoked or (token.company, token.slug) in self._revoked:
                return "revoked", token
            if token.expires_at is not None and token.expires_at <= self._now():
                return "expired", token
            if token.requests_left is not None:
                if token.requests_left <= 0:
                    return "expired", token
                token = replace(token, requests_left=token.requests_left - 1)
                self._tokens[text] = token
            return "valid", token

    def spend(self, text: str) -> None:
        """Forget a token that works once: a code, a rotated refresh token."""
        with self._lock:
            self._tokens.pop(text, None)

    def expire_after(
        self, requests: int, company: str | None = None, slug: str | None = None
    ) -> None:
        """Every access token alive now dies after so many more requests.

        `company` and `slug` narrow it down. The static token of a connection counts
        as alive from its first use on.
        """
        with self._lock:
            for text, token in self._tokens.items():
                is_meant = company in {None, token.company} and slug in {
                    None,
                    token.slug,
                }
                if token.kind == "access" and is_meant:
                    self._tokens[text] = replace(token, requests_left=requests)

    def revoke(self, company: str, slug: str) -> None:
        """Every token of the connection is refused, those still to be issued too."""
        with self._lock:
            self._revoked.add((company, slug))

    def rotate(self, company: str, slug: str) -> None:
        """New secrets for a connection; the old ones and their tokens are refused."""
        with self._lock:
            for text, token in self._tokens.items():
                if (token.company, token.slug) == (company, slug):
                    self._tokens[text] = replace(token, is_revoked=True)
            key = (company, slug)
            self._rotations[key] = self._rotations.get(key, 0) + 1
            self._revoked.discard(key)
