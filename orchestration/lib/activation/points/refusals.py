"""Why nothing was written to the ledger, in words somebody can act on."""

from __future__ import annotations

from orchestration.lib.core.plain_errors import PlainError

__all__ = ["PointsRefused"]

_SENTENCES = {
    "not_positive": "{points} points: write a whole number above 0.",
    "unknown_rule": "There is no rule '{rule}' with points of its own "
    "(rules: {known}). Say how many: --points 50",
    "too_little": "{account} has {balance} points, and {points} are asked for.",
    "in_debt": "{account} owes {debt} points, because points that were spent were "
    "taken back: nothing is redeemed until they are earned again.",
    "other_use": "Rule {rule} has '{ref}' already, for something else: entry {entry}, "
    "{points} points of {account}. A key is of one award.",
    "taken": "Rule {rule} has '{ref}' since a moment ago, for another account. "
    "A key is of one award.",
    "unknown_entry": "{company} has no entry {entry}: timonel points show --company "
    "{company}",
    "not_reversible": "Entry {entry} is of the kind {kind}; what was earned or "
    "redeemed can be taken back.",
    "expired_already": "Points that expire on {day} are expired already.",
}


class PointsRefused(PlainError, ValueError):
    """Nothing was written.

    Parameters
    ----------
    code
        A key of the sentences here.
    facts
        What the sentence is made of.
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        self.code = code
        super().__init__(_SENTENCES[code].format(**facts))
