"""A year of a marketplace in Santiago, drawn at random from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.dbt_project.marketplace_rows import marketplace_file
from tests.dbt_project.raw_files import RawFile

__all__ = ["PAID", "Market", "draw_market"]

USERS, ORDERS, CARTS, SESSIONS = 400, 3_000, 1_500, 1_200
FIRST, DAYS = pd.Timestamp("2024-06-01", tz="UTC"), 365
PAID = ("pagado", "completado", "reembolsado")


@dataclass(frozen=True)
class Market:
    """The rows of its files; times are in UTC."""

    users: pd.DataFrame
    orders: pd.DataFrame
    carts: pd.DataFrame
    ratings: pd.DataFrame
    sessions: pd.DataFrame

    def files(self) -> list[RawFile]:
        """The files, for the loader."""
        return [
            marketplace_file(name, *_rows(frame)) for name, frame in vars(self).items()
        ]


def draw_market(seed: int) -> Market:
    """The same market for the same seed."""
    rng = np.random.default_rng(seed)
    orders = _draw_orders(rng)
    return Market(
        users=_draw_users(rng),
        orders=orders,
        carts=_draw_carts(rng, orders),
        ratings=_draw_ratings(rng, orders),
        sessions=_draw_sessions(rng),
    )


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    values = frame.astype(object)
    records = values.where(values.notna(), None).to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in records]


def _draw_sessions(rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "session_id": np.arange(SESSIONS).astype(str),
            "user_id": _draw_user_ids(rng, SESSIONS),
            "started_at": _moments(rng, SESSIONS),
        }
    )


def _moments(rng: np.random.Generator, count: int) -> pd.Series:
    return FIRST + pd.Series(pd.to_timedelta(rng.integers(0, DAYS * 1440, count), "m"))


def _draw_user_ids(rng: np.random.Generator, count: int) -> pd.Series:
    """A tenth of them nobody's."""
    ids = pd.Series(rng.zipf(1.4, count) % USERS).astype(str)
    return ids.mask(rng.random(count) < 0.1)


def _later(
    rng: np.random.Generator, at: pd.Series, share: float, hours: int
) -> pd.Series:
    """A moment up to so many hours after; for so many of them."""
    minutes = pd.Series(rng.integers(0, hours * 60, len(at)))
    moment = at + pd.to_timedelta(minutes, "m")
    return moment.where(rng.random(len(at)) < share)


def _draw_users(rng: np.random.Generator) -> pd.DataFrame:
    at = _moments(rng, USERS)
    return pd.DataFrame(
        {
            "user_id": np.arange(USERS).astype(str),
            "registered_at": at,
            "onboarded_at": _later(rng, at, 0.7, 24 * 20),
            "rut_verified_at": _later(rng, at, 0.5, 24 * 20),
        }
    )


def _draw_orders(rng: np.random.Generator) -> pd.DataFrame:
    at = _moments(rng, ORDERS)
    status = pd.Series(
        rng.choice(
            [*PAID, "cancelado", "pendiente", "test"],
            ORDERS,
            p=[0.25, 0.55, 0.05, 0.08, 0.05, 0.02],
        )
    )
    total = pd.Series(rng.integers(0, 40, ORDERS) * 1000)
    refunded = (total * rng.choice([0.25, 1], ORDERS)).where(rng.random(ORDERS) < 0.06)
    paid_at = _later(rng, at, 1, 3).where(status != "pendiente")
    # One in fifty was paid after it was done.
    done_at = _later(rng, at, 1, 150).where(status.isin(["completado", "reembolsado"]))
    return pd.DataFrame(
        {
            "order_id": np.arange(ORDERS).astype(str),
            "user_id": _draw_user_ids(rng, ORDERS),
            "status": status,
            "created_at": at,
            "paid_at": paid_at,
            "completed_at": done_at,
            "total": total,
            "refunded_amount": refunded.where(status != "reembolsado"),
            "currency_code": "CLP",
        }
    )


def _draw_carts(rng: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    """Half of them became an order."""
    ordered = orders.sample(CARTS // 2, random_state=1)
    began = ordered["created_at"] - pd.to_timedelta(
        rng.integers(0, 4000, len(ordered)), "m"
    )
    left = _moments(rng, CARTS - len(ordered))
    created = pd.concat([began, left], ignore_index=True)
    return pd.DataFrame(
        {
            "cart_id": np.arange(CARTS).astype(str),
            "user_id": _draw_user_ids(rng, CARTS),
            "service": "limpieza",
            "quantity": 1,
            "order_id": [*ordered["order_id"], *[None] * len(left)],
            "created_at": created,
            "updated_at": _later(rng, created, 0.8, 72),
        }
    )


def _draw_ratings(rng: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    done = orders[orders["completed_at"].notna()].sample(frac=0.4, random_state=2)
    at = done["completed_at"].reset_index(drop=True)
    return pd.DataFrame(
        {
            "order_id": done["order_id"].to_numpy(),
            "score": rng.integers(1, 6, len(done)),
            "rated_at": _later(rng, at, 1, 24 * 10),
        }
    )
