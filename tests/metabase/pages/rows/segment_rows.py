"""Rows of segments of behaviour: two accounts, one of which became power."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

__all__ = ["NAMES", "segment_rows"]

NAMES = ("segment_rules", "segments_by_account")
Values = Mapping[str, object]


def segment_rows(times: int) -> Iterator[tuple[str, Values]]:
    """The rules, and both accounts on two days; money is `times` as much."""
    for place, (segment, own) in enumerate((("at_risk", 1), ("power", 0), ("new", 7))):
        yield (
            "segment_rules",
            {
                "behaviour_segment": segment,
                "place": place,
                "segment_rule_es": f"Regla de {segment}",
                "segment_treatment_es": f"Trato de {segment}",
                "own_count": own,
                "limit_count": 7,
            },
        )
    told = (
        ("a1", "1997-06-01", False, "at_risk", "En riesgo", 1, False),
        ("a2", "1997-06-01", False, "at_risk", "En riesgo", 1, False),
        ("a1", "1997-06-30", True, "at_risk", "En riesgo", 1, True),
        ("a2", "1997-06-30", True, "power", "Avanzadas", 2, False),
    )
    for account, day, is_now, segment, label, place, is_watched in told:
        yield (
            "segments_by_account",
            {
                "account_id": account,
                "account_name": f"Estudio {account} {times}",
                "cs_manager": "Ana",
                "scored_on": day,
                "is_now": is_now,
                "behaviour_segment": segment,
                "place": place,
                "segment_label_es": label,
                "mrr_amount": 90 * times,
                "advanced_feature_count": place,
                "is_watched": is_watched,
            },
        )
