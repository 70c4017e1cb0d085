"""What readers may ask for in Metabase: who may, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from metabase.content.actions import read_actions
from metabase.content.compile import compile_pages
from metabase.content.errors import (
    ContentError,
    DriftFoundError,
    MetabaseError,
)
from metabase.content.labels import read_labels
from metabase.content.load import CONTENT_ROOT
from metabase.server.client import Metabase
from metabase.server.export import export
from tests.metabase.server.filled import ASKING, Start, Starts
from tests.metabase.server.servers import PASSWORDS, Server, connect
from tests.metabase.server.test_roles import person_of

NAME, COUPON = "Pedir un escenario", "Pedir un cupón de rescate"
ANSWER = "Responder a una recomendación"
CARDS = {
    *("saved_scenarios", "coupon_requests"),
    *("followed_recommendations", "community_recommendations"),
}
SAID = {"recommendation": "0a1b", "answer": "Se siguió"}
ASKED = "select company_id, kind, payload, state from ops.action_requests"


@pytest.fixture
def asking(starts: Starts) -> Iterator[Server]:
    """A double that was filled for acme and bolt, whose people may ask."""
    with starts.filled("asking", Start(environment=ASKING)) as server:
        server.fake.run_action = written
        yield server


def written(statement: str, values: list[Any], details: dict[str, Any]) -> int:
    """What Metabase does: over the connection of the action, with bound values."""
    with connect(details) as writer:
        return writer.execute(statement.encode(), values).rowcount


def action_of(server: Server, company: str, name: str = NAME) -> int:
    inside = server.folders(company)
    (key,) = (
        key
        for key, one in server.fake.actions.items()
        if one["name"] == name
        and server.fake.cards[one["model_id"]]["collection_id"] in inside
    )
    return key


def page_of(server: Server, company: str, name: str) -> int:
    inside = server.folders(company)
    (key,) = (
        key
        for key, one in server.fake.dashboards.items()
        if one["name"] == name and one["collection_id"] in inside
    )
    return key


def buttons_of(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in page["dashcards"] if one.get("action_id")]


def _beneath(page: dict[str, Any], button: dict[str, Any]) -> dict[str, Any]:
    """The nearest card on the button's tab that starts below it."""
    below: list[dict[str, Any]] = [
        one
        for one in page["dashcards"]
        if one["dashboard_tab_id"] == button["dashboard_tab_id"]
        and one["row"] > button["row"]
    ]
    return min(below, key=lambda one: one["row"])


def _grid(page: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Which card stands where."""
    keys = ("row", "col", "size_x", "size_y")
    return sorted(
        (str(one.get("dashboard_tab_id")), *(one[key] for key in keys), one["card_id"])
        for one in page["dashcards"]
    )


def show(server: Server, company: str, *traces: str) -> None:
    """Insights that the company was shown."""
    for trace in traces:
        server.sql(
            "insert into ops.shown_insights values "
            f"('{company}', '{trace}', '1997-09-30', 'alert', 'r', 'v', 'k', true, 1, "
            "'money', 1, 0, 2, null, null, null, 1, 'EUR', 'a', 'b', now(), now()) "
            "returning 1"
        )


def ask(person: Metabase, key: int, **told: Any) -> Any:
    return person.post(f"/api/action/{key}/execute", {"parameters": told})


def test_a_request_lands_for_the_company_of_the_connection(asking: Server) -> None:
    person = person_of(asking, "acme: marketing")
    key = action_of(asking, "acme")

    told = {"name": "'); drop table ops.action_requests; --", "bounds": "meta_ads=0"}
    first, again = (ask(person, key, **told)["rows-affected"] for _ in range(2))
    ask(
        person_of(asking, "bolt: directivo"),
        action_of(asking, "bolt"),
        name="x",
        days=7,
    )

    assert (first, again) == (1, 0)
    assert asking.sql(f"{ASKED} order by company_id") == [
        ("acme", "scenario", told, "requested"),
        ("bolt", "scenario", {"name": "x", "days": "7"}, "requested"),
    ]


def test_a_coupon_is_asked_for_with_what_was_typed(asking: Server) -> None:
    person = person_of(asking, "acme: marketing")
    key = action_of(asking, "acme", COUPON)

    ask(person, key, audience="VIP', 'x", percent=12.5)

    told = {"audience": "VIP', 'x", "percent": "12.5"}
    assert asking.sql(ASKED) == [("acme", "coupon", told, "requested")]


@pytest.mark.parametrize(
    ("page", "name", "typed"),
    [
        ("Simulador", NAME, {"name": "Primavera", "days": 7}),
        ("Segmentación y Marketing", COUPON, {"audience": "VIP"}),
        ("¿Acertamos?", ANSWER, SAID),
    ],
)
def test_a_button_stands_over_what_was_asked_before_and_asks(
    asking: Server, page: str, name: str, typed: dict[str, Any]
) -> None:
    show(asking, "acme", "0a1b2c")
    person = person_of(asking, "acme: directivo")
    page_id = page_of(asking, "acme", page)
    (button,) = buttons_of(asking.fake.dashboards[page_id])
    beneath = _beneath(asking.fake.dashboards[page_id], button)

    pressed = person.post(
        f"/api/dashboard/{page_id}/dashcard/{button['id']}/execute",
        {"parameters": typed},
    )

    assert pressed == {"rows-affected": 1}
    assert len(asking.sql(ASKED)) == 1
    assert button["action_id"] == action_of(asking, "acme", name)
    assert button["visualization_settings"]["button.label"] == name
    assert (beneath["col"], beneath["row"]) == (button["col"], button["row"] + 1)


def test_a_button_is_no_card_to_export(asking: Server, tmp_path: Path) -> None:
    request = replace(asking.request, company_ids=("acme",))

    exported = export(request, tmp_path)

    files = compile_pages(request.root)
    assert {path.stem for path in exported} <= {path.stem for path in files}
    for stem in ("simulador", "segmentacion", "aciertos", "comunidad_ejecutiva"):
        (told,) = (one for one in exported if one.stem == stem)
        (file,) = (one for path, one in files.items() if path.stem == stem)
        assert _grid(yaml.safe_load(told.read_text())) == _grid(file)


def test_what_was_refused_can_be_asked_again_the_same_day(asking: Server) -> None:
    person, key = person_of(asking, "acme: marketing"), action_of(asking, "acme")

    def press() -> int:
        return int(ask(person, key, name="x", days=7)["rows-affected"])

    before = [press(), press()]
    asking.sql("update ops.action_requests set state = 'refused' returning 1")
    after = [press(), press()]

    assert (before, after) == ([1, 0], [1, 0])
    told = asking.sql(f"{ASKED} order by state")
    assert [state for *_, state in told] == ["refused", "requested"]


@pytest.mark.parametrize(
    ("name", "typed", "refusal"),
    [
        (
            NAME,
            {"name": "x", "budget_change_percent": -500},
            "Cambio del presupuesto (%), como 20: -100 como mínimo.",
        ),
        (NAME, {"name": "x", "days": 93}, "92 como mucho): de 1 a 92."),
        (
            COUPON,
            {"audience": "VIP", "percent": 101},
            "Descuento (%), como 10: de 0 a 100.",
        ),
    ],
)
def test_what_is_out_of_its_limits_is_refused_at_once(
    asking: Server, name: str, typed: dict[str, Any], refusal: str
) -> None:
    person = person_of(asking, "acme: marketing")

    with pytest.raises(MetabaseError) as error:
        ask(person, action_of(asking, "acme", name), **typed)
    assert refusal in str(error.value)
    assert asking.sql(ASKED) == []

    ask(
        person, action_of(asking, "acme"), name="x", budget_change_percent=-100, days=92
    )
    ((told,),) = asking.sql("select payload from ops.action_requests")
    assert told == {"name": "x", "budget_change_percent": "-100", "days": "92"}


@pytest.mark.parametrize("role", ["devops", "consultor"])
def test_who_may_not_ask_cannot(asking: Server, role: str) -> None:
    person = person_of(asking, f"acme: {role}")

    for company in ("acme", "bolt"):
        with pytest.raises(MetabaseError, match="permissions"):
            ask(person, action_of(asking, company), name="x")
    assert asking.sql(ASKED) == []


def test_nobody_asks_for_another_company(asking: Server) -> None:
    with pytest.raises(MetabaseError, match="permissions"):
        ask(person_of(asking, "acme: directivo"), action_of(asking, "bolt"), name="x")
    assert asking.sql(ASKED) == []


def test_the_connection_that_writes_is_closed_to_questions(asking: Server) -> None:
    writing = asking.named(asking.fake.databases, "actions_acme")
    assert asking.fake.databases[writing]["details"]["user"] == "actions_acme"
    open_to = {
        asking.fake.groups[group]["name"]
        for (group, database), level in asking.fake.levels.items()
        if database == writing and level != "no"
    }
    assert open_to == {"Administrators"}


def test_a_second_apply_writes_nothing(asking: Server) -> None:
    assert asking.run() == []
    assert asking.written() == []
    assert asking.pending() == []


def test_what_people_changed_by_hand_stops_an_apply(asking: Server) -> None:
    key = action_of(asking, "acme")
    query = asking.fake.actions[key]["dataset_query"]["native"]
    good = query["query"]
    query["query"] = "delete from ops.action_requests"

    with pytest.raises(DriftFoundError, match=f"action {NAME}"):
        asking.run()
    asking.run(force=True)

    assert asking.fake.actions[key]["dataset_query"]["native"]["query"] == good


def test_an_action_that_was_deleted_there_is_made_again(asking: Server) -> None:
    del asking.fake.actions[action_of(asking, "acme")]

    asking.run(force=True)

    assert action_of(asking, "acme")
    assert asking.run() == []


def test_an_action_that_leaves_the_file_is_archived_and_may_return(
    asking: Server,
) -> None:
    key, actions = action_of(asking, "acme"), set(asking.fake.actions)
    path = asking.request.root / "actions.yml"
    text = path.read_text()

    path.write_text("{}")
    asking.run()
    assert asking.fake.actions[key]["archived"]
    path.write_text(text)
    asking.run()

    assert not asking.fake.actions[key]["archived"]
    assert set(asking.fake.actions) == actions
    assert asking.run() == []


def test_an_action_put_away_by_hand_is_told_and_comes_back_itself(
    asking: Server,
) -> None:
    key, actions = action_of(asking, "acme"), set(asking.fake.actions)
    asking.fake.put_action(key, {"archived": True})

    with pytest.raises(DriftFoundError, match="archived or deleted it on the server"):
        asking.run()
    told = asking.run(force=True)

    # The server takes its button off the page.
    assert told == [
        f"drift action {NAME} of acme (somebody archived or deleted it on the server)",
        "drift dashboard Simulador of acme (changed on the server: dashcards)",
    ]
    assert not asking.fake.actions[key]["archived"]
    assert set(asking.fake.actions) == actions


def test_without_a_password_nobody_asks(asking: Server) -> None:
    asking.environment = dict(PASSWORDS)

    asking.run()

    assert {one["archived"] for one in asking.fake.actions.values()} == {True}
    assert _allowed(asking) == set()
    assert not any(map(buttons_of, asking.fake.dashboards.values()))
    assert asking.run() == []
    assert asking.written() == []


def test_who_gets_the_password_again_may_ask_again(asking: Server) -> None:
    with_password, allowed = dict(asking.environment), _allowed(asking)
    asking.environment = dict(PASSWORDS)
    asking.run()
    asking.environment = with_password

    told = asking.run()

    assert [one for one in told if one.startswith("drift")] == []
    assert allowed == _allowed(asking) == set(asking.fake.databases)
    assert {one["archived"] for one in asking.fake.actions.values()} == {False}
    assert asking.run() == []


def test_a_switch_set_by_hand_is_put_back(filled_acme: Server) -> None:
    database = filled_acme.database("acme")
    off = {"settings": {"database-enable-actions": True}}
    filled_acme.fake.put_database(database, off)

    assert filled_acme.run(company_ids=("acme",)) == [
        "update connection timonel_acme of acme (settings)"
    ]
    assert _allowed(filled_acme) == set()


def _allowed(server: Server) -> set[int]:
    """The connections on which Metabase's actions are switched on."""
    return {
        key
        for key, one in server.fake.databases.items()
        if one.get("settings", {}).get("database-enable-actions")
    }


def test_a_company_that_is_gone_asks_no_more(asking: Server) -> None:
    asking.run(company_ids=())
    asking.sql("delete from ops.companies where company_id = 'bolt' returning 1")

    told = asking.run(company_ids=())

    assert any("archive collection" in one and "bolt" in one for one in told)
    assert asking.run(company_ids=()) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("model: saved_scenarios", "model: other", "no card is called other"),
        ("kind: scenario", "kind: 'x); drop'", "is no name"),
        ("type: number", "type: date", "is of type text or number"),
        ("least: -100", "least: some", "a limit of budget_change_percent is no number"),
        (
            "bounds: {type: text}",
            "bounds: {type: text, most: 1}",
            "bounds is no number and has limits",
        ),
        (", required: true", "", "the first fields alone are required"),
        ("  kind: scenario\n", "", "needs fields, id, kind, model"),
        ("id: 0f2f4c63", "id: zzzz", "is no UUID"),
        ("save_scenario:", "other:", "labels/importer lacks"),
        ("model: coupon_requests", "model: saved_scenarios", "the button of one"),
        ("[community_recommendations]", "[nope]", "no card is called nope"),
        ("names: recommendation", "names: customer", "which is not known"),
        (
            "{type: text, required: true, names",
            "{type: number, required: true, names",
            "is no text",
        ),
    ],
)
def test_an_action_that_cannot_be_meant_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = (CONTENT_ROOT / "actions.yml").read_text()
    assert old in text
    path = tmp_path / "actions.yml"
    path.write_text(text.replace(old, new, 1))
    words = read_labels(CONTENT_ROOT / "labels" / "importer", "es")

    with pytest.raises(ContentError, match=message):
        read_actions(path, words, CARDS)
