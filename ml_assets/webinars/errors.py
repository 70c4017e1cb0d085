"""What can go wrong in the models of webinars, as facts.

WebinarModelError
    InvalidEvents        counts of events that cannot be; names the event
    TooFewEvents         no past to learn a show rate from
    InvalidLeads         features or outcomes that cannot be; names the column
    LeakingFeature       a feature that knows the outcome
    TooFewConversions    less than a score needs: rules are better
    TooFewPeople         fewer than can be told apart as groups
    NotConverged         the likelihood has no maximum that could be found
"""

__all__ = [
    "InvalidEvents",
    "InvalidLeads",
    "LeakingFeature",
    "NotConverged",
    "TooFewConversions",
    "TooFewEvents",
    "TooFewPeople",
    "WebinarModelError",
]


class WebinarModelError(ValueError):
    """Any refusal of the models of webinars."""


class InvalidEvents(WebinarModelError):
    """Registrants or shows of an event cannot be what they are."""


class TooFewEvents(WebinarModelError):
    """Fewer past events than a show rate can be learned from."""


class InvalidLeads(WebinarModelError):
    """A column of leads holds a value the score cannot take."""


class LeakingFeature(WebinarModelError):
    """A feature that is known only after the outcome, or is made of it."""


class TooFewConversions(WebinarModelError):
    """Fewer conversions than a score needs."""


class NotConverged(WebinarModelError):
    """The optimiser did not reach a maximum of the likelihood."""


class TooFewPeople(WebinarModelError):
    """Fewer people than groups of them could be told of."""
