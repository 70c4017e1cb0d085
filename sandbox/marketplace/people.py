"""Who registers: users of all sixteen regions, most of them with a true tax number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from sandbox.marketplace.period import Period

__all__ = ["RATES", "User", "check_digit", "draw_users"]

Rng = np.random.Generator

#: The probabilities that users are drawn with.
RATES: Final = {
    "onboarding": 0.72,
    "rut_given": 0.95,
    "rut_wellformed": 0.96,
    "rut_verified": 0.85,
    "marketing_consent": 0.6,
}
# (region, comuna, weight); the last is how some people write it, and no comuna.
_PLACES: Final = (
    ("Metropolitana de Santiago", "Santiago", 14),
    ("Metropolitana de Santiago", "Ñuñoa", 10),
    ("Metropolitana de Santiago", "Peñalolén", 8),
    ("Metropolitana de Santiago", "Maipú", 9),
    ("Metropolitana de Santiago", "Las Condes", 9),
    ("Valparaíso", "Viña del Mar", 8),
    ("Valparaíso", "Valparaíso", 5),
    ("Biobío", "Concepción", 7),
    ("Biobío", "Los Ángeles", 3),
    ("La Araucanía", "Temuco", 4),
    ("Coquimbo", "La Serena", 4),
    ("Antofagasta", "Antofagasta", 3),
    ("Los Lagos", "Puerto Montt", 3),
    ("Maule", "Talca", 3),
    ("Libertador General Bernardo O'Higgins", "Rancagua", 3),
    ("Ñuble", "Chillán", 2),
    ("Los Ríos", "Valdivia", 2),
    ("Tarapacá", "Iquique", 2),
    ("Atacama", "Copiapó", 1),
    ("Arica y Parinacota", "Arica", 1),
    ("Magallanes y de la Antártica Chilena", "Punta Arenas", 1),
    ("Aysén del General Carlos Ibáñez del Campo", "Coyhaique", 1),
    ("Metropolitana de Santiago", "Providensia", 1),
)
_MISSPELT: Final = "Providensia"
_CHANNELS: Final = {
    "instagram": 28,
    "google": 26,
    "facebook_ads": 18,
    "whatsapp": 10,
    "email": 8,
    "directo": 10,
}


@dataclass(frozen=True)
class User:
    """A registered user; moments are local and know their offset from UTC."""

    user_id: str
    email: str
    rut: str
    is_rut_wellformed: bool
    region: str
    comuna: str
    channel: str
    registered_at: datetime
    onboarded_at: datetime | None
    rut_verified_at: datetime | None
    has_marketing_consent: bool

    @property
    def has_misspelt_comuna(self) -> bool:
        """Whether no such comuna exists."""
        return self.comuna == _MISSPELT


def check_digit(body: int) -> str:
    """The digit that modulo 11 gives to a tax number: 0 to 9, or K for 10."""
    weights = (2, 3, 4, 5, 6, 7)
    digits = map(int, reversed(str(body)))
    total = sum(digit * weights[i % 6] for i, digit in enumerate(digits))
    return "0123456789K"[-total % 11]


def draw_users(registered: list[datetime], period: Period, rng: Rng) -> list[User]:
    """One user per moment of registration, numbered from 1."""
    return [_user(number, at, period, rng) for number, at in enumerate(registered, 1)]


def _user(number: int, registered_at: datetime, period: Period, rng: Rng) -> User:
    happens = {name: bool(rng.random() < rate) for name, rate in RATES.items()}
    weights = np.array([weight for _, _, weight in _PLACES], dtype=float)
    region, comuna, _ = _PLACES[rng.choice(len(_PLACES), p=weights / weights.sum())]
    shares = np.array(list(_CHANNELS.values()), dtype=float)
    hours = rng.exponential([6.0, 30.0])
    is_wellformed = happens["rut_given"] and happens["rut_wellformed"]
    is_verified = is_wellformed and happens["rut_verified"]
    return User(
        user_id=f"u{number}",
        email=f"persona{number}@example.cl",
        rut=_rut(is_wellformed, rng) if happens["rut_given"] else "",
        is_rut_wellformed=is_wellformed,
        region=region,
        comuna=comuna,
        channel=str(rng.choice(list(_CHANNELS), p=shares / shares.sum())),
        registered_at=registered_at,
        onboarded_at=_within(period, registered_at, hours[0], happens["onboarding"]),
        rut_verified_at=_within(period, registered_at, hours[1], is_verified),
        has_marketing_consent=happens["marketing_consent"],
    )


def _within(
    period: Period, start: datetime, hours: float, happens: bool
) -> datetime | None:
    """So many hours later, if it happens, and before the period ends."""
    at = period.later(start, timedelta(hours=hours))
    return at if happens and at < period.end else None


def _rut(is_wellformed: bool, rng: Rng) -> str:
    body = int(rng.integers(5_000_000, 25_000_000))
    digit = check_digit(body)
    if not is_wellformed:
        digit = "0" if digit != "0" else "1"
    return f"{body:,}".replace(",", ".") + f"-{digit}"
