"""What a website is called: its address without what may be secret in it."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["site_name"]


def site_name(address: str) -> str:
    """Host, port if it says one, and path of an address.

    Who logs in and what is asked (``user:password@``, ``?token=``) is left out: it may
    be secret, and names no other site. What is no address comes out as its text before
    a question mark, and "" means that nothing is left.
    """
    text = address.strip()
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return text.rpartition("@")[2].partition("?")[0].partition("#")[0]
    return f"{parts.hostname or ''}{port}{parts.path}".rstrip("/")
