"""What makes a referral worth a look. A flag asks for a review and denies nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ml_assets.subscriptions.errors import InvalidAccounts, InvalidSetting
from ml_assets.subscriptions.reading import Bools, Floats, column_of, flags_of

__all__ = ["FLAGS", "REVIEW_FROM", "normal_email", "referral_flags"]

FLAGS: Final[Mapping[str, float]] = {
    "same_email": 50.0,
    "same_payment": 50.0,
    "same_device": 30.0,
    "same_company": 30.0,
    "same_address": 10.0,
    "burst": 20.0,
    "coupon_site": 20.0,
    "ring": 50.0,
    "never_active": 20.0,
}
"""Weights of a default that nobody agreed to; an address alone is a household."""
REVIEW_FROM: Final = 30.0

_BURST, _BURST_HOURS = 5, 24
_RING_DAYS = 90
# Shared by strangers: the same domain there says nothing.
_FREE_MAIL: Final = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com"),
        *("yahoo.com", "icloud.com", "proton.me", "protonmail.com", "gmx.com"),
    )
)
_SAME: Final = {
    "same_payment": "payment_fingerprint",
    "same_device": "device_id",
    "same_address": "ip_address",
}


def referral_flags(
    referrals: pd.DataFrame, weights: Mapping[str, float] = FLAGS
) -> pd.DataFrame:
    """Flags of each referral, their score, and whether somebody should look.

    Parameters
    ----------
    referrals
        A row per referral: ``referrer_id``, ``referred_id``, ``referred_at``; of both,
        with ``referrer_`` and ``referred_`` before, ``email``, ``device_id``,
        ``payment_fingerprint``, ``ip_address``, ``tax_id``; ``is_on_coupon_site`` and
        ``was_ever_active``. What is unknown is missing and raises nothing.
    weights
        Of `FLAGS`, all of them, 0 or more.

    Returns
    -------
    pandas.DataFrame
        Same index: each of `FLAGS` (bool), ``score`` (sum of weights) and ``to_review``
        (score of 30 or more). Who decides, and why, is kept elsewhere.

    Raises
    ------
    InvalidAccounts, InvalidSetting
    """
    if set(weights) != set(FLAGS) or min(weights.values()) < 0:
        raise InvalidSetting(f"weights are of {', '.join(FLAGS)}, and 0 or more.")
    at = pd.to_datetime(column_of(referrals, "referred_at"))
    if at.isna().any():
        raise InvalidAccounts("column referred_at: a referral has a time.")
    emails = [
        column_of(referrals, f"{who}_email").map(normal_email, na_action="ignore")
        for who in ("referrer", "referred")
    ]
    # A partition of no text at all has no third part.
    domains = [email.str.rsplit("@", n=1).str[-1] for email in emails]
    is_own = ~domains[0].isin(list(_FREE_MAIL))
    flags: dict[str, Bools] = {
        "same_email": _same(*emails),
        **{name: _both(referrals, column) for name, column in _SAME.items()},
        "same_company": (_same(*domains) & is_own.to_numpy(bool))
        | _both(referrals, "tax_id"),
        "burst": _bursts(column_of(referrals, "referrer_id"), at),
        "coupon_site": flags_of(referrals, "is_on_coupon_site") == 1,
        "ring": _rings(referrals, at),
        "never_active": flags_of(referrals, "was_ever_active") == 0,
    }
    raised = pd.DataFrame({name: flags[name] for name in FLAGS}, index=referrals.index)
    score = raised.to_numpy(np.float64) @ np.array([weights[name] for name in FLAGS])
    return raised.assign(score=score, to_review=score >= REVIEW_FROM)


def normal_email(email: str) -> str:
    """An address as it reaches its owner: no dots, no ``+tag``, lower case."""
    name, _, domain = email.strip().lower().rpartition("@")
    return f"{name.partition('+')[0].replace('.', '')}@{domain}"


def _both(referrals: pd.DataFrame, column: str) -> Bools:
    return _same(
        *(column_of(referrals, f"{who}_{column}") for who in ("referrer", "referred"))
    )


def _same(one: pd.Series, other: pd.Series) -> Bools:
    """Known of both and equal; an empty text is not known."""
    known = one.notna() & other.notna() & (one.astype("string") != "")
    return (known & (one == other)).fillna(value=False).to_numpy(bool)


def _bursts(referrer: pd.Series, at: pd.Series) -> Bools:
    """More than five of a referrer within 24 hours, this one among them."""
    found = np.zeros(len(at), dtype=np.bool_)
    hours: Floats = (at - at.min()).to_numpy() / np.timedelta64(1, "h")
    for rows in (
        referrer.reset_index(drop=True).groupby(referrer.to_numpy()).groups.values()
    ):
        places = np.asarray(rows)
        places = places[np.argsort(hours[places], kind="stable")]
        time = hours[places]
        for first in range(len(time) - _BURST):
            last = first + _BURST
            if time[last] - time[first] < _BURST_HOURS:
                found[places[first : last + 1]] = True
    return found


def _rings(referrals: pd.DataFrame, at: pd.Series) -> Bools:
    """Referrals that lead back to their referrer, each within 90 days of the others.

    Of two (A referred B and B referred A), whatever else either did; of more, rings
    that are found as strongly connected parts of the graph of referrals.
    """
    edges = pd.DataFrame(
        {
            "one": column_of(referrals, "referrer_id").to_numpy(),
            "other": column_of(referrals, "referred_id").to_numpy(),
            "at": at.to_numpy(),
            "row": range(len(at)),
        }
    )
    back = edges.rename(columns={"one": "other", "other": "one"})
    met = edges.merge(back, on=["one", "other"], suffixes=("", "_back"))
    near = (met["at"] - met["at_back"]).abs() <= pd.Timedelta(days=_RING_DAYS)
    rows = met.loc[near, ["row", "row_back"]].to_numpy().ravel()
    return np.isin(np.arange(len(at)), rows) | _in_rings(edges)


def _in_rings(edges: pd.DataFrame) -> Bools:
    found = np.zeros(len(edges), dtype=np.bool_)
    known = edges.dropna(subset=["one", "other"])
    ends = known[["one", "other"]].to_numpy()
    codes = pd.factorize(ends.ravel())[0].reshape(-1, 2)
    size = int(codes.max(initial=-1)) + 1
    graph = coo_array((np.ones(len(codes)), codes.T), shape=(size, size))
    _, part = connected_components(graph, connection="strong")
    is_inside = part[codes[:, 0]] == part[codes[:, 1]]
    inside = known[is_inside].assign(part=part[codes[is_inside, 0]])
    for _, ring in inside.groupby("part"):
        if ring["at"].max() - ring["at"].min() <= pd.Timedelta(days=_RING_DAYS):
            found[ring["row"]] = True
    return found
