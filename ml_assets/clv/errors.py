"""What can go wrong in customer value, as facts.

CustomerValueError
    InvalidSummaries          the input table breaks a rule; names column and row
    InvalidTransactions       the order log breaks a rule; names column and row
    InvalidParameters         a parameter outside the model's domain
    TooShortHistory           the first order is too recent to see anybody leave
    TooFewRepeatCustomers     nothing to learn repeat buying or spending from
    DegenerateSpend           every repeat customer spends the same: no spend model
    NoPopulationMean          q <= 1: the spend of a one-time buyer has no mean
    NotConverged              the likelihood has no maximum that could be found
"""

__all__ = [
    "CustomerValueError",
    "DegenerateSpend",
    "InvalidParameters",
    "InvalidSummaries",
    "InvalidTransactions",
    "NoPopulationMean",
    "NotConverged",
    "TooFewRepeatCustomers",
    "TooShortHistory",
]


class CustomerValueError(ValueError):
    """Any refusal of the customer value models."""


class InvalidSummaries(CustomerValueError):
    """A column of the customer summaries holds a value the models cannot take."""


class InvalidTransactions(CustomerValueError):
    """A column of an order log holds a value that cannot be used."""


class InvalidParameters(CustomerValueError):
    """A model parameter is not a finite number above zero."""


class TooFewRepeatCustomers(CustomerValueError):
    """Fewer customers bought again than the models need."""


class TooShortHistory(CustomerValueError):
    """The first order is too recent to tell a pause from leaving."""


class DegenerateSpend(CustomerValueError):
    """All repeat customers have the same mean spend."""


class NoPopulationMean(CustomerValueError):
    """The fitted spend distribution has no finite mean (q <= 1)."""


class NotConverged(CustomerValueError):
    """The optimiser did not reach a maximum of the likelihood."""
