"""Who registers for simulated webinars, who comes, who stays, and who buys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np

__all__ = ["BAD_SECTION", "MINUTES", "SECTIONS", "Part", "Webinar", "simulate_people"]

#: Of each section, its title and the minute it begins at.
SECTIONS: Final = (
    ("Introducción", 0),
    ("Fundamentos", 8),
    ("Aplicaciones", 22),
    ("Implementación", 36),
    ("Futuro", 48),
)
MINUTES: Final = 60
#: The section in which a third of those present leave, and of the others few.
BAD_SECTION: Final = "Implementación"
_LEAVES: Final = {BAD_SECTION: 0.34}
_LEAVES_USUALLY: Final = 0.04
_CHANNELS: Final = {"linkedin": 0.4, "newsletter": 0.3, "google": 0.2, "": 0.1}
_INDUSTRIES: Final = ("Educación", "Comercio", "Salud", "Software")
_SIZES: Final = ("1-10", "11-50", "51-200")
_SHOWS, _BUYS = -0.3, -3.1
_CANCELS: Final = 0.03
_COMES_AGAIN: Final = 0.35


@dataclass(frozen=True)
class Webinar:
    """A webinar; each is a fortnight after the one before."""

    webinar_id: str
    title: str
    series: str
    starts_at: datetime
    mood: float

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=MINUTES)


@dataclass(frozen=True)
class _Face:
    """A person, over all webinars: how much what is taught is for them."""

    number: int
    interest: float
    channel: str
    industry: str
    size: str


@dataclass
class Part:
    """A person's part in a webinar; minutes are from its start, None who stayed away.

    Attributes
    ----------
    bought_after
        Days after the webinar on which they bought, None who did not.
    """

    webinar: Webinar
    face: _Face
    registered_at: datetime
    is_cancelled: bool = False
    came_after: int | None = None
    left_after: int = MINUTES
    chats: int = 0
    has_asked: bool = False
    polls: list[int] = field(default_factory=list)
    has_clicked: bool = False
    rating: int | None = None
    bought_after: int | None = None

    @property
    def email(self) -> str:
        """Their address, the same in all files."""
        return f"p{self.face.number}@academia.example"


def simulate_people(
    webinars: list[Webinar], registrants: int, rng: np.random.Generator
) -> list[Part]:
    """Everybody's part in each webinar, in the order of the webinars.

    Parameters
    ----------
    registrants : people registered for each, before some cancel.
    """
    faces: list[_Face] = []
    parts = []
    for webinar in webinars:
        again = rng.permutation(len(faces))[: int(_COMES_AGAIN * registrants)]
        mine = [faces[each] for each in again]
        mine += [_face(len(faces) + n, rng) for n in range(registrants - len(mine))]
        faces += mine[len(again) :]
        parts += [_part(webinar, face, rng) for face in mine]
    return parts


def _face(number: int, rng: np.random.Generator) -> _Face:
    return _Face(
        number,
        float(rng.normal()),
        str(rng.choice(list(_CHANNELS), p=list(_CHANNELS.values()))),
        str(rng.choice(_INDUSTRIES)),
        str(rng.choice(_SIZES)),
    )


def _part(webinar: Webinar, face: _Face, rng: np.random.Generator) -> Part:
    early = timedelta(minutes=int(rng.exponential(6 * 24 * 60)) + 5)
    part = Part(webinar, face, webinar.starts_at - early)
    part.is_cancelled = rng.random() < _CANCELS
    if not part.is_cancelled and _happens(
        _SHOWS + webinar.mood + 0.6 * face.interest, rng
    ):
        _attend(part, rng)
    return part


def _attend(part: Part, rng: np.random.Generator) -> None:
    part.came_after = int(rng.integers(0, 4))
    part.left_after = _leaves(part.came_after, rng)
    eager = part.face.interest + rng.normal()
    part.chats = int(rng.poisson(np.exp(0.5 * eager - 0.6)))
    part.has_asked = _happens(eager - 2.5, rng)
    part.polls = [n for n in (10, 30) if n < part.left_after and _happens(eager, rng)]
    part.has_clicked = part.left_after > 50 and _happens(eager - 1.0, rng)
    if part.left_after == MINUTES and rng.random() < 0.4:
        part.rating = int(np.clip(round(8 + eager + rng.normal()), 0, 10))
    stayed = part.left_after / MINUTES
    if _happens(_BUYS + 0.8 * eager + 1.2 * stayed + 0.8 * part.has_clicked, rng):
        part.bought_after = int(rng.integers(2, 11))


def _leaves(came_after: int, rng: np.random.Generator) -> int:
    """The minute of leaving: in a section's middle, or at the end."""
    ends = [start for _, start in SECTIONS[1:]] + [MINUTES]
    for (title, start), end in zip(SECTIONS, ends, strict=True):
        if rng.random() < _LEAVES.get(title, _LEAVES_USUALLY):
            return max(int(rng.integers(start + 2, end - 1)), came_after + 2)
    return MINUTES


def _happens(logit: float, rng: np.random.Generator) -> bool:
    return bool(rng.random() < 1 / (1 + np.exp(-logit)))
