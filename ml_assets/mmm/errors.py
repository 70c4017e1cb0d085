"""What can go wrong in the media mix, as facts.

MediaMixError
    InvalidSeries       the table breaks a rule; names column and row
    TooShortHistory     less than a year: season and advertising cannot be told apart
    NothingToFit        no channel has spend that moves
    NotConverged        the posterior has no maximum that could be found
    InvalidBudget       a budget that the limits do not allow
    InvalidLiftTest     an experiment that does not fit the table
    MixedUnits          orders and revenue, or days and weeks, in one plan
"""

__all__ = [
    "InvalidBudget",
    "InvalidLiftTest",
    "InvalidSeries",
    "MediaMixError",
    "MixedUnits",
    "NotConverged",
    "NothingToFit",
    "TooShortHistory",
]


class MediaMixError(ValueError):
    """Any refusal of the media mix."""


class InvalidSeries(MediaMixError):
    """A column of the table holds what the model cannot take."""


class TooShortHistory(MediaMixError):
    """Less than a year of history."""


class NothingToFit(MediaMixError):
    """No channel has spend that moves."""


class NotConverged(MediaMixError):
    """The optimiser did not reach a maximum of the posterior."""


class InvalidBudget(MediaMixError):
    """The budget and the limits of the channels contradict each other."""


class InvalidLiftTest(MediaMixError):
    """An experiment that does not fit the table."""


class MixedUnits(MediaMixError):
    """Outcomes or periods of different units cannot be added."""
