"""Asks for objects by their ids, as many at a time as Shopify lets one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from taps.api_source.errors import TooMuchData
from taps.tap_shopify.client import ShopifyClient

__all__ = ["ask_by_ids"]

_Node = TypeVar("_Node")

#: Shopify takes no longer list as an argument.
_MOST_IDS = 250


def ask_by_ids(  # noqa: PLR0913 - what to ask and how to read it
    client: ShopifyClient,
    ids: Sequence[str],
    *,
    kind: str,
    fields: str,
    shape: type[_Node],
    call: str,
) -> Iterator[_Node | None]:
    """The objects in the order of their ids; None for one that is gone.

    Parameters
    ----------
    kind
        GraphQL type of the objects.
    fields
        What is asked of each.
    """
    text = f"""query ByIds($ids: [ID!]!) {{
      nodes(ids: $ids) {{ ... on {kind} {{ {fields} }} }}
    }}"""
    answers = dict[str, list[shape | None]]  # type: ignore[valid-type]
    starts = range(0, len(ids), _MOST_IDS)
    pending = [ids[start : start + _MOST_IDS] for start in reversed(starts)]
    while pending:
        some = pending.pop()
        try:
            reply = client.query(text, {"ids": list(some)}, call, answers)
        except TooMuchData:
            if len(some) == 1:
                raise
            middle = len(some) // 2
            pending += [some[middle:], some[:middle]]
            continue
        yield from reply.data["nodes"]
