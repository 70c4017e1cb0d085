"""What became of a recommendation, answered by a form: what is kept, and what not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from metabase.content.errors import MetabaseError
from metabase.server.logins import PASSWORD_VARIABLE
from tests.metabase.server.filled import ASKING, Start, Starts
from tests.metabase.server.servers import PASSWORDS, Server, connect
from tests.metabase.server.test_actions import (
    ANSWER,
    ASKED,
    SAID,
    action_of,
    ask,
    buttons_of,
    page_of,
    show,
    written,
)
from tests.metabase.server.test_roles import person_of


@pytest.fixture
def asking(starts: Starts) -> Iterator[Server]:
    """A double that was filled for acme and bolt, whose people may ask."""
    with starts.filled("asking", Start(environment=ASKING)) as server:
        server.fake.run_action = written
        yield server


def test_an_answer_is_kept_by_the_name_of_what_was_shown(asking: Server) -> None:
    show(asking, "acme", "0a1b2c")
    person, key = (
        person_of(asking, "acme: directivo"),
        action_of(asking, "acme", ANSWER),
    )

    for said in ("Se siguió", "Se descartó", " se SIGUIÓ "):
        ask(person, key, recommendation=" 0a1b ", answer=said, note="'); --")

    told = {"recommendation": "0a1b2c", "note": "'); --"}
    answers = ["dismissed", "followed", "followed"]
    # Said again it counts again, as it may take back what was said between.
    assert asking.sql(f"{ASKED} order by payload ->> 'answer'") == [
        ("acme", "answer", {**told, "answer": one}, "requested") for one in answers
    ]


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"recommendation": "0a"}, "o empiezan así varias."),
        ({"recommendation": "ff01"}, "ninguna recomendación mostrada a la empresa"),
        ({"recommendation": "ff"}, "ninguna recomendación mostrada a la empresa"),
        ({"recommendation": "  "}, "ninguna recomendación mostrada a la empresa"),
        ({"answer": "quizás"}, "Qué se hizo: elija Se siguió, Se descartó, Sin"),
    ],
)
def test_an_answer_to_nothing_or_to_another_company_is_refused_in_words(
    asking: Server, typed: dict[str, Any], refusal: str
) -> None:
    show(asking, "acme", "0a1b2c", "0a2b2c")
    show(asking, "bolt", "ff0123")
    person = person_of(asking, "acme: directivo")

    with pytest.raises(MetabaseError, match=refusal):
        ask(person, action_of(asking, "acme", ANSWER), **{**SAID, **typed})

    assert asking.sql(ASKED) == []


def test_what_is_looked_for_is_looked_for_only_by_who_asks(asking: Server) -> None:
    show(asking, "acme", "0a1b2c")
    look = "select ops.recommendation_named('0a1b2c', 'Nothing.')"
    reader = {"user": "bi_acme", "password": PASSWORDS[f"{PASSWORD_VARIABLE}_ACME"]}
    writing = asking.named(asking.fake.databases, "actions_acme")
    other = asking.named(asking.fake.databases, "actions_bolt")
    details = {key: asking.fake.databases[key]["details"] for key in (writing, other)}

    show(asking, "bolt", "ff0123")
    with connect(details[writing]) as acme:
        assert acme.execute(look.encode()).fetchall() == [("0a1b2c",)]
        codes = acme.execute("select trace_id from ops.shown_insights").fetchall()
        assert codes == [("0a1b2c",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            acme.execute("select sentence_es from ops.shown_insights")
    with (
        connect(details[other]) as bolt,
        pytest.raises(psycopg.errors.RaiseException, match="Nothing"),
    ):
        bolt.execute(look.encode())
    with (
        connect({**details[writing], **reader}) as acme,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        acme.execute(look.encode())


def test_what_is_answered_is_chosen_of_a_list(asking: Server) -> None:
    action = asking.fake.actions[action_of(asking, "acme", ANSWER)]
    fields = action["visualization_settings"]["fields"]
    assert fields["answer"]["inputType"] == "select"
    assert fields["answer"]["valueOptions"] == [
        "Se siguió",
        "Se descartó",
        "Sin responder",
    ]


def test_a_community_answers_and_asks_nothing_else(asking: Server) -> None:
    asking.sql(
        "update ops.companies set plan = 'community' where company_id = 'acme' "
        "returning 1"
    )

    asking.run()

    inside = asking.folders("acme")
    assert [
        one["name"]
        for one in asking.fake.actions.values()
        if not one["archived"]
        and asking.fake.cards[one["model_id"]]["collection_id"] in inside
    ] == [ANSWER]
    show(asking, "acme", "0a1b2c")
    page_id = page_of(asking, "acme", "Comunidad: ejecutiva")
    (button,) = buttons_of(asking.fake.dashboards[page_id])
    person_of(asking, "acme: directivo").post(
        f"/api/dashboard/{page_id}/dashcard/{button['id']}/execute",
        {"parameters": SAID},
    )
    assert [kind for _, kind, *_ in asking.sql(ASKED)] == ["answer"]
    assert asking.run() == []
