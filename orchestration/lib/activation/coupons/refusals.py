"""Why there is no coupon, in words somebody can act on."""

from __future__ import annotations

from orchestration.lib.core.plain_errors import PlainError

__all__ = ["CouponRefused"]

_SENTENCES = {
    "switched_off": "Coupons are off for {company}, as they are until somebody allows "
    "them. Switch them on with limits: timonel coupon switch-on --company {company} "
    "--max-percent 15 --max-uses 500",
    "limits_out_of_range": "A limit is out of range: --max-percent is above 0 and at "
    "most 100, --max-uses 1 or more.",
    "scope_missing": "The app of {shop} lacks {scopes}: grant it, install the app "
    "again and switch coupons on again; nothing was changed.",
    "unreadable": "{field} cannot be read: '{value}'. {wanted}",
    "unknown_audience": "There is no audience '{audience}'. A coupon is for those of "
    "an audience who are written to: timonel audience list --company {company}",
    "not_pushed": "The audience '{audience}' is not at the shop yet, so the shop "
    "cannot tell who may use the coupon: timonel audience push --company {company} "
    '--name "{audience}" --to shopify',
    "too_high": "{percent} % is more than the {limit} % that {company} allows.",
    "too_many": "{uses} uses and the {open} of coupons that are not over are more "
    "than the {limit} that {company} allows.",
    "nothing_proven": "No percentage was given, and of no coupon it is proven that it "
    "pays: none gained margin against those kept back, in an audience large enough to "
    "tell. Give a percentage; timonel audience results tells, 30 days later, what it "
    "brought.",
    "no_margin": "No percentage was given, and without the margin of {company} nobody "
    "can tell which one pays: timonel company set {company} --gross-margin-rate 0.45; "
    "or give a percentage.",
    "other_coupon": "The audience '{audience}' has the coupon {code} of {percent} % "
    "already, and what two did could not be told apart. Build another audience.",
    "in_the_shop": "The coupon {code} is in the shop, or may be: end it there.",
    "shop_refused": "{words}",
    "no_free_code": "The shop has a discount with every code that was tried, the last "
    "{code}. Ask again.",
    "not_computable": "This could not be answered. That is an error of ours: the log "
    "has it under {value}. Tell whoever runs the platform.",
}


class CouponRefused(PlainError, ValueError):
    """No coupon is made.

    Parameters
    ----------
    code
        A key of the sentences here.
    facts
        What the sentence is made of.
    """

    def __init__(self, code: str, /, **facts: str) -> None:
        self.code = code
        self.facts = facts
        super().__init__(_SENTENCES[code].format(**facts))
