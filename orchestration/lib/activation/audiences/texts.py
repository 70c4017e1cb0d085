"""What a list proposes to write to those who are leaving, each by name."""

from __future__ import annotations

from decimal import Decimal

from orchestration.lib.core.translations import read_words

__all__ = ["Coupon", "text_for"]

Coupon = tuple[str, Decimal]
"""A code that may be used now, and what it takes off in percent."""


def text_for(
    segment_id: str, name: str | None, coupon: Coupon | None, language: str
) -> str | None:
    """The text for one customer; None for a segment of which nobody is missed.

    The discount is that of the coupon a person asked for, which is never more than the
    company allows; without one nothing is promised.
    """
    words = read_words(language, "audiences")
    text = words.get(f"texts.{segment_id}")
    if text is None:
        return None
    if name:
        text = words["named"].format(name=name, text=text)
    else:
        text = text[:1].upper() + text[1:]
    if coupon:
        code, percent = coupon
        told = f"{percent.normalize():f}"
        if language == "es":
            told = told.replace(".", ",")
        text = words["with_code"].format(text=text, code=code, percent=told)
    return text
