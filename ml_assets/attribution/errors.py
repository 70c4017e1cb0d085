"""What can go wrong in attribution, as facts.

AttributionError
    InvalidJourneys     the table breaks a rule; names column and row
    NothingConverted    no journey ended in a conversion: nothing is to be shared out
    InvalidSetting      a method, half-life, order or number that does not exist
"""

__all__ = [
    "AttributionError",
    "InvalidJourneys",
    "InvalidSetting",
    "NothingConverted",
]


class AttributionError(ValueError):
    """Any refusal of attribution."""


class InvalidJourneys(AttributionError):
    """A column of the table holds what cannot be attributed."""


class NothingConverted(AttributionError):
    """There are journeys, or none at all, and no conversion to share out."""


class InvalidSetting(AttributionError):
    """A setting outside what is defined."""
