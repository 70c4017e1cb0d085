"""LinkedIn company pages: counters are asked for by what kind of post it is.

A post's name says whether it is a share or a ugcPost, and each kind has a parameter of
its own. Source: learn.microsoft.com/linkedin, Organization Share Statistics.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from taps.declared.asking import AskingStream, Part

__all__ = ["counters"]

#: Counters of older posts hardly move, and each costs a request.
_FOLLOWED: Final = timedelta(days=90)


def counters(stream: AskingStream, part: Part) -> None:
    """Read the counters of a post; those of an old one stay as they were read last."""
    urn, published_at = part.known["post_urn"], part.known["published_at"]
    if datetime.now(UTC) - published_at > _FOLLOWED:
        return
    list_name = "ugcPosts" if ":ugcPost:" in urn else "shares"
    stream.write(stream.ask(Part({"post_urn": urn, "list_name": list_name}), {}))
