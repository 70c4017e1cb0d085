"""What can go wrong in the models of subscriptions, as facts.

SubscriptionModelError
    InvalidAccounts     a table breaks a rule; names column and row
    InvalidSetting      weights, a horizon or a threshold that cannot be meant
"""

__all__ = ["InvalidAccounts", "InvalidSetting", "SubscriptionModelError"]


class SubscriptionModelError(ValueError):
    """Any refusal of these models."""


class InvalidAccounts(SubscriptionModelError):
    """A column of a table holds what cannot be judged."""


class InvalidSetting(SubscriptionModelError):
    """A setting outside what is defined."""
