"""Bring one thing after another to what it should be, or say what that would take.

Plan and apply are the same walk: a dry one writes nothing and gives things that do
not exist yet a negative id, so that what the plan says is what apply does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from metabase.content.errors import MetabaseError
from metabase.server.client import Metabase
from metabase.server.comparison import (
    action_of,
    away,
    differences,
    edited_at,
    hashes,
    is_listed,
    is_same,
    is_untouched,
    was_put_away,
    was_touched,
)
from metabase.server.identity import Identities, Known
from metabase.server.resources import PENDING, Finding, Resource, Values

__all__ = [
    "PENDING",
    "Finding",
    "Reconciliation",
    "Resource",
    "Values",
]


class Reconciliation:
    """One walk over everything; ``findings`` in the order they were made.

    ``is_behind``: a dry walk saw something that is to be remembered, though the server
    needs nothing.
    """

    def __init__(
        self, metabase: Metabase, identities: Identities, *, is_dry: bool
    ) -> None:
        self.metabase = metabase
        self.identities = identities
        self.is_dry = is_dry
        self.findings: list[Finding] = []
        self.is_behind = False
        self._lists: dict[str, Mapping[int, Values]] = {}
        self._imagined: dict[tuple[str, str, str], int] = {}
        self._made: set[tuple[str, str, str]] = set()

    def locate(self, thing: Resource) -> int:
        """Give the id of a thing, made empty if need be: others may point to it.

        ``ensure`` has to follow, and tells no second time that it was made.
        """
        known = self.identities.find(*thing.identity)
        if known and (is_listed(thing, known) or self._live(thing, known) is not None):
            return known.metabase_id
        adopted = self._candidate(thing)
        if adopted is not None:
            return adopted
        if not self.is_dry:
            self._made.add(thing.identity)
        return self._create(thing, is_lost=known is not None)

    def ensure(self, thing: Resource) -> int:
        """Make the thing equal to what is wanted; gives its id.

        Raises
        ------
        MetabaseError
            Two things could be it, a request was refused, or the server did not
            keep what it was sent.
        """
        if thing.identity in self._imagined:
            return self._imagined[thing.identity]
        known = self.identities.find(*thing.identity)
        if known and is_untouched(thing, known):
            self.tell(thing, "unchanged")
            return known.metabase_id
        live = self._live(thing, known) if known else None
        if live is not None:
            return self._compare(thing, live, known)
        if known and thing.is_hidden_in_bin and self._take_back(thing, known):
            return known.metabase_id
        adopted = self._candidate(thing)
        if adopted is not None:
            return self._compare(thing, self._get(thing, adopted), None)
        return self._create(thing, is_lost=known is not None)

    def tell(self, thing: Resource, action: str, detail: str = "") -> None:
        """Add a finding about a thing."""
        told = Finding(thing.company_id, thing.kind, thing.name, action, detail)
        self.findings.append(told)

    def archive(
        self,
        known: Known,
        endpoint: str,
        body: Callable[[Values], Values] = lambda _: {},
        prefix: str = "",
    ) -> None:
        """Put away what left the files; what is away already is passed over.

        ``body`` is what has to be sent along, given what is there; ``prefix`` is told
        before its name.
        """
        path = f"{endpoint}/{known.metabase_id}"
        live = self._read(path)
        if live is None or live.get("archived"):
            # It may have gone with its folder; that it comes back is then no drift.
            self.went_with(known)
            return
        if not is_same(live, known):
            return
        name = f"{prefix}{live['name']}"
        found = Finding(known.company_id, known.kind, name, "archive")
        self.findings.append(found)
        if self.is_dry:
            return
        self.metabase.put(path, {**body(live), "archived": True})
        # Of some kinds a server shows no more than that they are gone.
        after = self._read(path)
        if after is not None and not after.get("archived"):
            raise MetabaseError(f"{found}: the server did not archive it")
        self._remember(known, live, away(known))

    def went_with(self, known: Known) -> None:
        """Remember that it is archived with what it lies in, and by nobody's hand."""
        if was_put_away(known):
            return
        self.is_behind = True
        if not self.is_dry:
            self.identities.save(replace(known, key_hashes=away(known)))

    def is_there(self, known: Known, endpoint: str) -> bool:
        """Whether the server still has it under the id that is known."""
        live = self._read(f"{endpoint}/{known.metabase_id}")
        return live is not None and is_same(live, known)

    def listed(self, path: str) -> Mapping[int, Values]:
        """What a list of the server told when this walk first asked, by id."""
        if path not in self._lists:
            told = self.metabase.get(path)
            self._lists[path] = {
                one["id"]: one for one in told if isinstance(one["id"], int)
            }
        return self._lists[path]

    def _live(self, thing: Resource, known: Known) -> Values | None:
        if thing.is_listed_whole:
            told = self.listed(thing.endpoint).get(known.metabase_id)
            if told is not None and is_same(told, known):
                return told
        live = self._read(f"{thing.endpoint}/{known.metabase_id}")
        return live if live is not None and is_same(live, known) else None

    def _take_back(self, thing: Resource, known: Known) -> bool:
        """Take it out of a bin that nobody can look into; False: it is not there."""
        by_us = was_put_away(known)
        told = (
            ("unarchive", "")
            if by_us
            else ("drift", "somebody archived or deleted it on the server")
        )
        if not self.is_dry:
            path = f"{thing.endpoint}/{known.metabase_id}"
            try:
                self.metabase.put(path, thing.complete(thing.wanted(None)))
            except MetabaseError as error:
                if error.status == _NOT_FOUND:
                    return False
                raise
            live = self._get(thing, known.metabase_id)
            self._write(thing, live, only_differences=True)
        self.tell(thing, *told)
        return True

    def _read(self, path: str) -> Values | None:
        try:
            read: Values = self.metabase.get(path)
        except MetabaseError as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        return read

    def _get(self, thing: Resource, metabase_id: int) -> Values:
        got: Values = self.metabase.get(f"{thing.endpoint}/{metabase_id}")
        return got

    def _candidate(self, thing: Resource) -> int | None:
        found = thing.candidates()
        if len(found) > 1:
            raise MetabaseError(
                f"{thing.kind} {thing.name!r} of {thing.company_id or 'the operator'}: "
                f"{len(found)} on the server could be it "
                f"(ids {', '.join(map(str, found))}); archive or rename all but one"
            )
        return found[0] if found else None

    def _create(self, thing: Resource, *, is_lost: bool) -> int:
        detail = thing.may_vanish or "somebody deleted it on the server"
        is_drift = is_lost and not thing.may_vanish
        self.tell(thing, "drift" if is_drift else "create", detail if is_lost else "")
        if self.is_dry:
            self._imagined[thing.identity] = -1 - len(self._imagined)
            return self._imagined[thing.identity]
        wanted = thing.wanted(None)
        first = {
            key: value
            for key, value in wanted.items()
            if not thing.born_with or key in thing.born_with
        }
        made = self.metabase.post(thing.endpoint, thing.complete(first))
        live = self._get(thing, made["id"])
        # Remembered before the rest is written: a crash from here on finds it again.
        self._save(thing, live, {})
        if thing.identity not in self._made:
            self._write(thing, live, only_differences=True)
        return int(made["id"])

    def _compare(self, thing: Resource, live: Values, known: Known | None) -> int:
        wanted = thing.wanted(live)
        changed = differences(thing, live, wanted)
        by_hand = [key for key in changed if was_touched(thing, live, known, key)]
        action = action_of(known, changed, by_hand)
        if thing.must_write and action == "unchanged":
            action, changed = "update", ["password"]
        detail = ", ".join(by_hand) if action == "drift" else ", ".join(changed)
        told = f"changed on the server: {detail}" if action == "drift" else detail
        if thing.identity not in self._made:
            self.tell(thing, action, told)
        is_remembered = known is not None and (known.key_hashes, known.edited_at) == (
            hashes(wanted),
            edited_at(live),
        )
        self.is_behind |= not is_remembered
        if self.is_dry or (is_remembered and not changed):
            return int(live["id"])
        if changed:
            self._write(thing, live, only_differences=not thing.must_write)
        else:
            self._save(thing, live, hashes(wanted))
        return int(live["id"])

    def _write(self, thing: Resource, live: Values, *, only_differences: bool) -> None:
        wanted = thing.wanted(live)
        changed = differences(thing, live, wanted)
        keys = changed if only_differences else list(wanted)
        if "archived" in changed and "collection_id" in wanted:
            # What is taken out of the trash has to be told where it goes.
            keys = list(dict.fromkeys([*keys, "collection_id"]))
        if set(keys) & set(thing.sent_together):
            keys = list(dict.fromkeys([*keys, *thing.sent_together]))
        if keys:
            body = thing.complete({key: wanted[key] for key in keys})
            self.metabase.put(f"{thing.endpoint}/{live['id']}", body)
            live = self._get(thing, live["id"])
            wanted = thing.wanted(live)
            lost = differences(thing, live, wanted)
            if lost:
                raise MetabaseError(
                    f"{thing.kind} {thing.name}: the server did not keep "
                    f"{', '.join(lost)}; this version may write them differently, so "
                    "the next run would write again"
                )
        self._save(thing, live, hashes(wanted))

    def _save(
        self, thing: Resource, live: Values, key_hashes: Mapping[str, str]
    ) -> None:
        first = Known(
            thing.company_id, thing.kind, thing.key, int(live["id"]), None, {}
        )
        self._remember(first, live, key_hashes)

    def _remember(
        self, known: Known, live: Values, key_hashes: Mapping[str, str]
    ) -> None:
        self.identities.save(
            Known(
                known.company_id,
                known.kind,
                known.key,
                known.metabase_id,
                live.get("entity_id"),
                key_hashes,
                edited_at(live),
            )
        )


_NOT_FOUND = 404
