"""What may be wrong with alerts, in words a person can act on."""

from orchestration.lib.core.plain_errors import PlainError

__all__ = ["AlertUnknown", "ChannelBroken", "NotDelivered", "RuleBroken"]


class AlertUnknown(PlainError, LookupError):
    """No open alert has this number; the message says how to see those there are."""


class ChannelBroken(PlainError, ValueError):
    """A channel cannot be as asked; the message never holds its address."""


class NotDelivered(RuntimeError):
    """A service did not take a message; the reason holds no secret."""


class RuleBroken(PlainError, ValueError):
    """A rule cannot be as asked; the message says what to write instead."""
