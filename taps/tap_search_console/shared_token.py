"""One access token for several threads."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from taps.api_source.http import Authorizer

__all__ = ["SharedToken"]


class SharedToken:
    """Lets one thread at a time fetch a token, and renews each token once."""

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer
        self._lock = threading.Lock()
        self._sent = threading.local()

    def headers(self) -> Mapping[str, str]:
        """The headers of the token that is good now."""
        with self._lock:
            found = self._authorizer.headers()
        self._sent.headers = found
        return found

    def renew(self) -> bool:
        """Get a new token, unless another thread did since this one sent its own."""
        with self._lock:
            if self._authorizer.headers() != self._sent.headers:
                return True
            return self._authorizer.renew()
