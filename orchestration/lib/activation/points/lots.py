"""What is left of each lot of points: first earned, first spent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from orchestration.lib.activation.points.entries import Entry

__all__ = ["Lot", "Lots", "lots_of"]


@dataclass
class Lot:
    """Points that came together: how many are left, and how many expired."""

    entry_id: int
    points: int
    expires_at: datetime | None
    remaining: int
    expired: int = 0


@dataclass
class Lots:
    """All lots of an account, and what it owes: ``sum(remaining) - debt`` = balance."""

    lots: dict[int, Lot] = field(default_factory=dict)
    debt: int = 0
    _uses: dict[int, list[tuple[Lot, int]]] = field(default_factory=dict)

    def due(self, now: datetime) -> list[Lot]:
        """Lots with points left that expired by now."""
        return [
            lot
            for lot in self.lots.values()
            if lot.remaining and lot.expires_at is not None and lot.expires_at <= now
        ]

    def take(self, entry: Entry) -> None:
        """Account for one more entry."""
        match entry:
            case Entry(kind="expire", lot_entry_id=int(number)):
                self.lots[number].remaining += entry.points
                self.lots[number].expired -= entry.points
            case Entry(kind="reverse", reverses_entry_id=int(number)):
                self._reverse(number, entry.points)
            case _ if entry.points > 0:
                kept = entry.points - self._pay(entry.points)
                self.lots[entry.entry_id] = Lot(
                    entry.entry_id, entry.points, entry.expires_at, kept
                )
            case _:
                self._uses[entry.entry_id] = self._spend(
                    -entry.points, self.lots.values()
                )

    def _reverse(self, number: int, points: int) -> None:
        """Take back a lot, the rest from others, or give back to where it came from."""
        if number in self.lots:
            self._spend(-points, [self.lots[number], *self.lots.values()])
            return
        back = points - self._pay(points)
        for used, taken in reversed(self._uses[number]):
            given = min(taken, back)
            used.remaining += given
            back -= given

    def _spend(self, points: int, lots: Iterable[Lot]) -> list[tuple[Lot, int]]:
        uses = []
        for lot in lots:
            taken = min(points, lot.remaining)
            if taken:
                lot.remaining -= taken
                points -= taken
                uses.append((lot, taken))
        self.debt += points
        return uses

    def _pay(self, points: int) -> int:
        paid = min(points, self.debt)
        self.debt -= paid
        return paid


def lots_of(entries: Sequence[Entry]) -> Lots:
    """The lots after all entries of an account, in the order of ``entry_number``."""
    lots = Lots()
    for entry in entries:
        lots.take(entry)
    return lots
