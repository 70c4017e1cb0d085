"""Whether a server still holds what was written, and what became of it since."""

from __future__ import annotations

from collections.abc import Mapping

from metabase.server.identity import Known, digest
from metabase.server.payloads import canonical
from metabase.server.resources import Resource, Values

__all__ = [
    "action_of",
    "away",
    "differences",
    "edited_at",
    "hashes",
    "is_listed",
    "is_same",
    "is_untouched",
    "was_put_away",
    "was_touched",
]


def is_same(live: Values, known: Known) -> bool:
    """Whether the id still is what it was; a restored server gives it to others."""
    return live.get("entity_id") == known.server_entity_id


def is_listed(thing: Resource, known: Known) -> bool:
    """Whether a list of the server has it."""
    told = thing.listed(known.metabase_id)
    return told is not None and is_same(told, known)


def is_untouched(thing: Resource, known: Known) -> bool:
    """Whether a list of the server tells enough: nobody edited it since we wrote it.

    Of two hundred cards each read alone takes 30 ms, and the list of their folder tells
    when each was last edited.
    """
    if not thing.edits_are_listed:
        return False
    told = thing.listed(known.metabase_id)
    if told is None or not is_same(told, known):
        return False
    wanted = thing.wanted(told)
    return (
        edited_at(told) == known.edited_at is not None
        and known.key_hashes == hashes(wanted)
        and all(told[key] == wanted[key] for key in ("name", "collection_id"))
    )


def edited_at(live: Values) -> str | None:
    """When it was saved last there, as the server writes it; None: it does not tell."""
    told = live.get("last-edit-info") or {}
    moment = told.get("timestamp")
    return str(moment) if moment else None


def was_put_away(known: Known) -> bool:
    """Whether we archived it, or what it lies in."""
    return known.key_hashes.get("archived") == digest(canonical("archived", True))


def away(known: Known) -> dict[str, str]:
    """The hashes of what we archived."""
    return {**known.key_hashes, "archived": digest(canonical("archived", True))}


def differences(thing: Resource, live: Values, wanted: Values) -> list[str]:
    """Keys that the server has otherwise than wanted."""
    owned = thing.owned(live)
    return [
        key
        for key, value in wanted.items()
        if canonical(key, owned.get(key)) != canonical(key, value)
    ]


def was_touched(thing: Resource, live: Values, known: Known | None, key: str) -> bool:
    """Whether the server has something else than was last written there."""
    if known is None or key not in known.key_hashes or key in thing.never_drifts:
        return False
    if was_put_away(known):
        return False
    return known.key_hashes[key] != digest(canonical(key, thing.owned(live).get(key)))


def action_of(known: Known | None, changed: list[str], by_hand: list[str]) -> str:
    """What it takes, as the plan calls it."""
    if known is None:
        return "adopt"
    if "archived" in changed and "archived" not in by_hand:
        return "unarchive"
    if by_hand:
        return "drift"
    return "update" if changed else "unchanged"


def hashes(wanted: Values) -> Mapping[str, str]:
    """One of each key that is written."""
    return {key: digest(canonical(key, value)) for key, value in wanted.items()}
