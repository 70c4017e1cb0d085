"""An answer that came by a form stands beside the facts and in the activity log."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.lib.core.settings import Settings
from orchestration.lib.reporting.action_answers import Answered, answer_waiting
from orchestration.lib.reporting.action_requests import add_request, list_requests
from orchestration.lib.reporting.answer_requests import ANSWER, ANSWER_HANDLER
from orchestration.lib.reporting.insight_answers import answer
from tests.dbt_project.marketing.test_recommendations import show, told, told_of
from tests.dbt_project.warehouse import Pair, Warehouse

__all__ = ["told"]

SHOWN = {"recommendation": "move_budget 0", "answer": "followed"}


def asked(warehouse: Warehouse, company: str, key: str, **typed: Any) -> None:
    add_request(warehouse.url, company, ANSWER, typed, key, "metabase")


def activities(warehouse: Warehouse, company: str) -> list[tuple[str, str, str]]:
    """Kind and both sentences of what the log says of answers."""
    rows = warehouse.rows(
        """select activity_type, sentence_es, sentence_en from reporting.activity_log
        where company_id = %s and activity_type like 'answer%%'
        order by happened_at, activity_id""",
        [company],
    )
    return [
        (row["activity_type"], row["sentence_es"], row["sentence_en"]) for row in rows
    ]


def test_an_answer_by_a_form_is_acted_on_and_told(
    warehouse: Warehouse, told: Pair
) -> None:
    for company in (told.acme, told.bolt):
        show(warehouse, company, sentence_en="Day 0")
    asked(warehouse, told.acme, "1", **{**SHOWN, "answer": "dismissed"})
    asked(warehouse, told.acme, "2", **SHOWN, note=" Desde mayo ")

    done = answer_waiting(warehouse.url, told.acme, ANSWER_HANDLER)

    assert done == Answered(done=2)
    (acme,), (bolt,) = (told_of(warehouse, c) for c in (told.acme, told.bolt))
    assert (acme["answer"], acme["answer_note"], acme["acted_on"]) == (
        "followed",
        "Desde mayo",
        True,
    )
    assert (bolt["answer"], bolt["acted_on"]) == ("open", None)
    ((kind, spanish, english),) = activities(warehouse, told.acme)
    assert kind == "answer_followed"
    day = acme["as_of_date"]
    assert spanish == (f"Se respondió que se siguió la recomendación del {day}: Día 0")
    assert english == f"The recommendation of {day} was answered as followed: Day 0"
    assert activities(warehouse, told.bolt) == []


def test_what_was_said_later_by_the_command_stands(
    warehouse: Warehouse, told: Pair
) -> None:
    show(warehouse, told.acme)
    asked(warehouse, told.acme, "1", **SHOWN)
    answer(*(warehouse.url, told.acme, "move_budget 0", "dismissed"), answered_by="ana")

    answer_waiting(warehouse.url, told.acme, ANSWER_HANDLER)

    (row,) = told_of(warehouse, told.acme)
    assert row["answer"] == "dismissed"


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        ({"recommendation": "of bolt"}, "unknown", "el código «of bolt» (o"),
        ({"recommendation": ""}, "unknown", "el código «» (o"),
        ({"answer": "maybe"}, "unreadable", "no se entiende: «maybe»."),
        ({"answer": ["followed"]}, "unreadable", "no se entiende: «['followed']»."),
    ],
)
def test_what_cannot_be_kept_is_told_in_words(
    warehouse: Warehouse, told: Pair, typed: dict[str, Any], code: str, says: str
) -> None:
    show(warehouse, told.acme)
    show(warehouse, told.bolt, rule_id="of bolt")
    asked(warehouse, told.acme, "1", **{**SHOWN, **typed})

    done = answer_waiting(warehouse.url, told.acme, ANSWER_HANDLER)

    assert done == Answered(refused=1)
    ((kind, spanish, _),) = activities(warehouse, told.acme)
    assert kind == f"answer_refused_{code}"
    assert says in spanish
    (request,) = list_requests(warehouse.url, told.acme, ANSWER)
    assert request.state == "refused"
    for company in (told.acme, told.bolt):
        assert {row["answer"] for row in told_of(warehouse, company)} == {"open"}


def test_the_sensor_knows_who_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.defs.decisions.handlers import handlers_by_kind  # noqa: PLC0415

    assert handlers_by_kind(Settings.from_environment())[ANSWER] is ANSWER_HANDLER
