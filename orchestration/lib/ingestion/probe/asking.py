"""One request to a website, and what it answered. Whatever happens is an answer.

The connection goes to the very address that was looked at: a name that points to a
public server when it is looked up, and into this network when it is connected to, gets
nowhere. Redirects are not followed, because where they lead nobody has looked at; a
server that sends one is up.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult, quote, urlsplit

__all__ = ["Answer", "ask", "is_public"]

_FIRST_ERROR = 400
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LEFT_AS_THEY_ARE = "/:?&=+,;@!$'()*~%-._[]"
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Answer:
    """Whether a site answered without an error, and if not why, in a word.

    ``reason`` is status, timeout, name, private, certificate or connection; None where
    it answered. Nothing that the server wrote is kept.
    """

    has_answered: bool
    status_code: int | None = None
    response_ms: int | None = None
    reason: str | None = None


def ask(address: str, *, allows_private: bool = False, patience: float = 10) -> Answer:
    """Ask for a page and read its status, for at most ``patience`` seconds in all.

    Parameters
    ----------
    address
        Of http or https. It is part of no error.
    allows_private
        Whether addresses of this machine and its network may be asked.
    """
    began = monotonic()
    try:
        status = _status(urlsplit(address), allows_private, patience)
    # A name that is no name (UnicodeError) is a ValueError.
    except (OSError, http.client.HTTPException, ValueError) as failure:
        is_late = monotonic() - began >= patience
        return Answer(False, reason="timeout" if is_late else _reason(failure))
    seconds = monotonic() - began
    # Headers that were cut off look like headers that are over.
    if seconds >= patience:
        return Answer(False, reason="timeout")
    took = round(seconds * 1000)
    is_fine = status < _FIRST_ERROR
    return Answer(is_fine, status, took, None if is_fine else "status")


def is_public(address: _Address) -> bool:
    """Whether an address is of the internet, and not of this machine or its network.

    IPv6 may carry an address of IPv4: that one counts.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def _reason(failure: Exception) -> str:
    kinds = {
        TimeoutError: "timeout",
        PermissionError: "private",
        socket.gaierror: "name",
        ssl.SSLError: "certificate",
    }
    found = (word for kind, word in kinds.items() if isinstance(failure, kind))
    return next(found, "connection")


def _status(parts: SplitResult, allows_private: bool, patience: float) -> int:
    host = (parts.hostname or "").encode("idna").decode()
    port = parts.port or _PORTS[parts.scheme]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for each in addresses:
        if not allows_private and not is_public(ipaddress.ip_address(each)):
            raise PermissionError("The name points into this network.")
    plain = _connected(addresses, port, patience)
    # A server that sends a byte now and then is never late for one read.
    with plain, _ended(plain, patience):
        sock = plain
        if parts.scheme == "https":
            context = ssl.create_default_context()
            sock = context.wrap_socket(plain, server_hostname=host)
        connection = http.client.HTTPConnection(host, port)
        connection.sock = sock
        connection.default_port = _PORTS[parts.scheme]
        target = quote(parts.path or "/", safe=_LEFT_AS_THEY_ARE)
        if parts.query:
            target += f"?{quote(parts.query, safe=_LEFT_AS_THEY_ARE)}"
        connection.request("GET", target, headers={"User-Agent": "timonel-probe"})
        return connection.getresponse().status


def _connected(addresses: list[str], port: int, patience: float) -> socket.socket:
    """A connection to the first that takes one: a network may know no IPv6."""
    failure = OSError()
    for address in addresses:
        try:
            found = socket.create_connection(
                (address, port), timeout=patience / len(addresses)
            )
        except OSError as error:
            failure = error
        else:
            found.settimeout(patience)
            return found
    raise failure


@contextmanager
def _ended(sock: socket.socket, patience: float) -> Iterator[None]:
    """Cut the connection when the time is over, whatever it waits for."""

    def cut() -> None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # It is closed already.
            return

    timer = threading.Timer(patience, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
