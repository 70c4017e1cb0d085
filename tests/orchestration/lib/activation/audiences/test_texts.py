"""Who is leaving is proposed a text by name, and nobody else is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.lib.activation.audiences.texts import text_for
from orchestration.lib.core.translations import read_words

LOST = "te echamos de menos. ¿Volvemos a vernos?"


def test_a_text_names_the_customer_and_without_a_name_begins_itself() -> None:
    assert text_for("lost", "Zoë", None, "es") == f"Zoë, {LOST}"
    assert text_for("lost", None, None, "es") == f"T{LOST[1:]}"
    assert str(text_for("lost", "Zoë", None, "en")).startswith("Zoë, we miss you.")


@pytest.mark.parametrize(
    ("percent", "language", "told"),
    [
        ("10.00", "es", "Con el código ADIOS tienes un 10 % de descuento."),
        ("7.50", "es", "Con el código ADIOS tienes un 7,5 % de descuento."),
        ("7.50", "en", "With the code ADIOS you get 7.5 % off."),
    ],
)
def test_only_a_discount_that_there_is_is_promised(
    percent: str, language: str, told: str
) -> None:
    text = text_for("lost", "Zoë", ("ADIOS", Decimal(percent)), language)

    assert str(text).endswith(told)
    assert "descuento" not in str(text_for("lost", "Zoë", None, "es"))


@pytest.mark.parametrize("segment", ["loyal", "potential_whale", "rfm:champions"])
def test_nobody_who_is_there_is_missed(segment: str) -> None:
    assert text_for(segment, "Zoë", None, "es") is None


def test_the_same_segments_are_missed_in_both_languages() -> None:
    assert set(read_words("es", "audiences")) == set(read_words("en", "audiences"))
