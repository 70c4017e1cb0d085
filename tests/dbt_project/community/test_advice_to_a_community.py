"""Messages that stand out and sponsors that leave are told, and what was done of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from math import hypot
from typing import Any

import pytest
from scipy.stats import binomtest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.lib.reporting.insight_answers import list_recommendations
from orchestration.lib.reporting.shown_insights import remember_insights
from tests.dbt_project.community.programme import at, contact, file, login, message
from tests.dbt_project.insight_sources import check_against_source
from tests.dbt_project.warehouse import Pair, Warehouse

DAY = date(2026, 3, 2)
PEOPLE = 40
Row = dict[str, Any]


def sponsor(id_: str, name: str, ends_on: str, **others: object) -> Row:
    """A sponsorship since January, of 3000 in the company's currency."""
    row = {"sponsorship_id": id_, "sponsor_name": name, "starts_on": "2026-01-01"}
    return {**row, "ends_on": ends_on, "amount": 3000, **others}


def sent(campaign_id: str, clicks: int) -> list[Mapping[str, object]]:
    """A campaign that reaches everybody, of whom so many click."""
    return [
        message(
            f"{campaign_id}{number}",
            "clicked" if number < clicks else "delivered",
            at(DAY),
            f"p{number}",
            campaign_id=campaign_id,
        )
        for number in range(PEOPLE)
    ]


def named(campaign_id: str) -> Row:
    """What a campaign is called."""
    row = {"campaign_id": campaign_id, "campaign_name": f"Envío {campaign_id}"}
    return {**row, "channel": "email", "started_at": at(DAY)}


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Pair:
    """Both are told the same ids; nothing stands out at acme, and nothing ends."""
    pair = warehouse.add_pair()
    for company, clicks in ((pair.bolt, (20, 1, 10)), (pair.acme, (10, 10, 10))):
        rows = [
            row for id_, of in zip("cde", clicks, strict=True) for row in sent(id_, of)
        ]
        warehouse.load(
            company,
            file("contacts", [contact("p0", at("2026-02-10"))]),
            file("community_events", [login("p0", at(DAY))]),
            file("message_events", rows),
            file("message_campaigns", [named(each) for each in "cde"]),
        )
    leaving = [
        sponsor("s", "Banco", "2026-05-01"),
        sponsor("t", "Seguros", "2026-04-20"),
        sponsor("u", "Seguros", "2026-12-31"),
        sponsor("v", "Ida", "2026-04-04"),
        sponsor("w", "Foro", "2026-04-05", currency_code="USD"),
    ]
    warehouse.load(pair.bolt, file("sponsorships", leaving))
    warehouse.load(
        pair.acme, file("sponsorships", [sponsor("s", "Banco", "2026-12-31")])
    )
    marts = ("message_click_comparisons", "sponsorships", "community_months")
    as_of = {pair.bolt: "2026-04-05", pair.acme: "2026-04-05"}
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=marts)
    return pair


def found(warehouse: Warehouse, company: str) -> dict[tuple[str, str], Row]:
    """The insights, each held against the row it names."""
    rows = warehouse.rows(
        """select insights.*, template_es, template_en from reporting.insights
        inner join staging.insight_templates using (rule_id) where company_id = %s""",
        [company],
    )
    for row in rows:
        check_against_source(warehouse, row)
    return {(row["rule_id"], row["source_key"]): row for row in rows}


def test_what_stands_out_beyond_chance_and_what_ends_is_told(
    warehouse: Warehouse, built: Pair
) -> None:
    rows = found(warehouse, built.bolt)

    assert set(rows) == {
        ("strong_message_campaign", "email/c"),
        ("weak_message_campaign", "email/d"),
        ("sponsorship_ending", "s"),
        ("sponsorship_ending", "w"),
    }
    weak = rows["weak_message_campaign", "email/d"]
    # Newcombe (1998), method 10.
    own, others = (
        binomtest(part, whole).proportion_ci(0.99, method="wilson")
        for part, whole in ((1, 40), (30, 80))
    )
    gap = 30 / 80 - 1 / 40
    low = gap - hypot(30 / 80 - others.low, own.high - 1 / 40)
    high = gap + hypot(others.high - 30 / 80, 1 / 40 - own.low)
    assert weak["estimate"] == pytest.approx(gap)
    assert weak["estimate_lower"] == pytest.approx(low)
    assert weak["estimate_upper"] == pytest.approx(high)
    assert weak["sentence_es"].startswith(
        "En la campaña «Envío d» (Correo electrónico) hizo clic el 2,5 % de las "
        "personas a quienes llegó, frente al 37,5 % de las demás campañas de ese canal "
        "en un año: 35,0 puntos menos"
    )
    ending = rows["sponsorship_ending", "s"]
    assert ending["sentence_es"] == (
        "El patrocinio de «Banco», de 3.000 CLP, se acaba y no se conoce otro suyo que "
        "siga (días que le quedan: 26). Ofrezca renovarlo: en el último mes completo "
        "hubo 1 profesionales activos."
    )
    # An amount of another currency is not ranked with those of the company's.
    assert (ending["stake"], ending["kind_rank"]) == (3000, 1)
    dollars = rows["sponsorship_ending", "w"]
    assert (dollars["stake"], dollars["currency_code"]) == (None, "USD")
    assert found(warehouse, built.acme) == {}


def test_only_people_tell_what_became_of_it(
    warehouse: Warehouse, built: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMONEL_DATABASE_URL", warehouse.url)
    remember_insights(warehouse.url, built.bolt)
    before = list_recommendations(warehouse.url, built.bolt)
    trace = before[0].trace_id
    words = ("answer", trace[:8], "followed", "--note", "Nuevo asunto")

    for said in (words, words, ("list", "--format", "json")):
        done = CliRunner().invoke(
            app, ["recommendations", *said, "--company", built.bolt]
        )
        assert done.exit_code == 0, done.output
    listed = {row["id"]: row for row in json.loads(done.output)}

    assert {(one.state, one.answer, one.acted_on) for one in before} == {
        ("only_told", "open", None)
    }
    assert len(before) == 4
    after = {
        one.trace_id: one for one in list_recommendations(warehouse.url, built.bolt)
    }
    told = after.pop(trace)
    assert (told.answer, told.answer_note, told.acted_on) == (
        "followed",
        "Nuevo asunto",
        True,
    )
    assert {one.acted_on for one in after.values()} == {None}
    assert {key: row["acted_on"] for key, row in listed.items()} == {
        trace[:8]: True,
        **{each[:8]: None for each in after},
    }
    assert list_recommendations(warehouse.url, built.acme) == []
