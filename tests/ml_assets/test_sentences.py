"""What gates say is said in Spanish too, each sentence, with the same values."""

from __future__ import annotations

import ast
import copy
import datetime as dt
import pickle
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.assets.spoken import in_spanish, spoken
from ml_assets.clv.convergence import fit_failed
from ml_assets.clv.errors import NotConverged
from ml_assets.clv.gates import reconciles_with_mart
from ml_assets.clv.sources import living_sources
from ml_assets.media_plan.gates import certain_enough, stable_returns
from ml_assets.mmm.series import not_fitted
from ml_assets.sentences import Sentence, Wording, quoted, said
from orchestration.lib.core.translations import LANGUAGES, read_words
from tests.suite.each import check_each

_CODE = Path(__file__).parents[2] / "ml_assets"


def worded() -> Iterator[tuple[str, str]]:
    """Key and English template of every sentence that the code can say."""
    for file in sorted(_CODE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != "Sentence":
                continue
            if ast.unparse(node.args[0]) != "self.key":
                key, template = map(ast.literal_eval, node.args)
                yield key, template


@cache
def english() -> dict[str, str]:
    """The English template of each key."""
    return dict(worded())


TRANSLATIONS = [language for language in LANGUAGES if language != "en"]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def specs(template: str) -> dict[str, str]:
    found = Formatter().parse(template)
    return {name: spec or "" for _, name, spec, _ in found if name is not None}


def numpy_value(spec: str) -> Any:
    """A value out of numpy that a template can write as it wants it."""
    for value in (np.float64(1234.5), np.int64(1234)):
        try:
            format(value, spec)
        except ValueError:
            continue
        return value
    return [np.float64(0.5), np.int64(7)]


def test_a_key_has_one_sentence() -> None:
    assert sorted(set(worded())) == sorted(english().items())


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_each_sentence_has_its_words_and_no_words_are_left_over(language: str) -> None:
    words = read_words(language, of="gates")

    assert sorted(words) == sorted(english())
    assert {key: fields(words[key]) for key in words} == {
        key: fields(template) for key, template in english().items()
    }


def test_numbers_of_numpy_are_written_as_numbers() -> None:
    check_each({key: key for key in english()}, _is_written_as_numbers)


def _is_written_as_numbers(key: str) -> None:
    template = english()[key]
    values = {name: numpy_value(spec) for name, spec in specs(template).items()}
    sentence = Sentence(key, template, **values)

    for text in (sentence, *(spoken(sentence, one) for one in TRANSLATIONS)):
        assert "np." not in text
        assert "{" not in text


def test_numbers_have_the_signs_of_spanish() -> None:
    gate = certain_enough(1_234_567.8, 98_765_432.1, "Wait.")

    assert gate.message == (
        "All channels together brought sales of between 1,234,568 and 98,765,432, in "
        "the company's currency (90 %). Wait. Or enter an experiment: "
        "timonel media lift-test."
    )
    assert in_spanish(gate.message) == (
        "Todos los canales juntos trajeron ventas de entre 1.234.568 y 98.765.432, en "
        "la moneda de la empresa (90 %). Wait. O introduzca un experimento: "
        "timonel media lift-test."
    )


def test_money_and_counts_have_the_signs_of_spanish() -> None:
    predictions = pd.DataFrame({"historic_value": [Decimal("1234.50")]})
    gate = reconciles_with_mart(
        predictions, mart_customer_count=2, mart_historic_value=Decimal("1235.75")
    )

    assert in_spanish(gate.message) == (
        "Se apartan en -1 clientes y -1,25; ambos deben ser 0 (predicciones: 1 "
        "clientes, 1.234,50; pedidos: 2 clientes, 1.235,75). Los datos cambiaron "
        "durante el cálculo, o se perdieron filas: vuelva a ejecutar."
    )


def test_lists_and_sentences_within_sentences_are_translated() -> None:
    now = pd.DataFrame(
        {
            "channel_id": ["meta", "google"],
            "current_roi": [2.7, 9.5],
            "current_roi_lower": 1.5,
            "current_roi_upper": 2.5,
        }
    )
    before = now.assign(current_roi=2.0)
    gate = stable_returns(now, before)

    assert in_spanish(gate.message) == (
        "Hay retornos fuera del rango publicado la última vez: meta de 2,00 a 2,70, "
        "google de 2,00 a 9,50. ¿Qué se cargó desde entonces?"
    )


def test_parts_of_a_list_are_joined_as_the_language_does() -> None:
    old = dt.date(2024, 5, 1)
    sources = pd.DataFrame(
        {"source": ["shop", "market"], "last_order_date": [old, old], "share": 0.5}
    )
    gate = living_sources(sources, dt.date(2024, 6, 10), None)

    assert gate.message == (
        "shop gave no order for 40 days and market gave no order for 40 days, as at "
        "the last good run: customers known only there look lost."
    )
    assert in_spanish(gate.message) == (
        "shop lleva 40 días sin enviar pedidos y market lleva 40 días sin enviar "
        "pedidos, como en el último cálculo bueno: los clientes que solo se conocen de "
        "ahí parecen perdidos."
    )


def test_dates_and_shares_are_written_as_spanish_does() -> None:
    seen = Sentence(
        "recent_orders.seen",
        "",
        last=dt.date(2024, 6, 3),
        silence=2,
        as_of=dt.date(2024, 6, 5),
    )
    share = Sentence("negative_baseline.passed", "", below=0.123)

    assert in_spanish(seen) == (
        "El último pedido es del 3 jun 2024, 2 días antes del 5 jun 2024"
    )
    assert in_spanish(share) == (
        "Sin publicidad las ventas habrían sido negativas en un 12 % de los periodos."
    )


def test_what_has_no_words_stays_as_it_is() -> None:
    unknown = Sentence("no.such", "It is {share:.0%}.", share=0.5)

    assert in_spanish(unknown) == "It is 50 %."
    assert in_spanish("plain") == "plain"
    assert in_spanish([]) is None
    assert in_spanish(["one", "two"], "\n") == "one\ntwo"


def test_a_sentence_survives_being_copied_and_sent() -> None:
    sentence = Sentence("drift.accepted", "Accepted: {seen}", seen="so")

    for twin in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence))):
        assert twin == "Accepted: so"
        assert (twin.key, twin.values) == ("drift.accepted", {"seen": "so"})


def test_names_are_replaced_at_any_depth() -> None:
    inner = Sentence("a", "{name} rose", name="spend_meta")
    outer = Sentence("b", "{parts:; }: {n:.1f}", parts=[inner, "spend_x"], n=1.0)

    renamed = outer.renamed("spend_", "")

    assert renamed == "meta rose; x: 1.0"
    assert renamed.values["parts"][0].key == "a"


def test_an_error_keeps_the_sentence_it_was_raised_with() -> None:
    sentence = Sentence("reasons.flat", "flat")

    assert said(NotConverged(sentence)) is sentence
    assert said(NotConverged()) == ""
    assert said(KeyError(3)) == "3"


def test_an_error_without_a_sentence_is_called_a_detail() -> None:
    gate = fit_failed(NotConverged("no {date}"))

    assert gate.message == "No fit: no {date}"
    assert in_spanish(gate.message) == (
        "No se pudo ajustar: detalle técnico (en inglés): no {date}"
    )


@pytest.mark.parametrize(
    ("status", "said_of_it"),
    [
        ("constant", "meta gasta siempre lo mismo"),
        (None, "meta no es un canal de este"),
    ],
)
def test_a_channel_without_a_curve_is_no_code_in_spanish(
    status: str | None, said_of_it: str
) -> None:
    found = in_spanish(not_fitted("meta", status))

    assert found is not None
    assert found.startswith(said_of_it)


def test_what_is_quoted_is_no_type_of_a_library() -> None:
    values = (np.float64(1.5), np.int64(3), "text", None)
    assert [quoted(value) for value in values] == ["1.5", "3", "'text'", "None"]


def test_a_list_is_joined_by_what_stands_after_its_colon() -> None:
    assert Wording().format("{0: and }", ["a", "b", "c"]) == "a and b and c"
