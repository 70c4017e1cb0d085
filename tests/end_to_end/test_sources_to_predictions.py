"""The demo reads its companies over HTTP, twice, and leaves no secret of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from dbt.contracts.graph.manifest import Manifest

from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import (
    SandboxWorld,
    running_sandbox,
)
from tests.conftest import KnowsProject, NewDatabase
from tests.dbt_project.declared_keys import declared_keys, repeated_keys
from tests.end_to_end.conftest import Timonel, set_time, stop_time

# Of the subscription business, of which nothing here asks for more.
_WORLD = SandboxWorld(accounts=150)
_ROW_VERSIONS = """
    select 'orders', company_id, order_id, xmin::text from marts.orders
    union all
    select 'predictions', company_id, customer_id, xmin::text
    from predictions.predictions_customer
    order by 1, 2, 3
"""


@dataclass(frozen=True)
class Demo:
    timonel: Timonel
    said: str
    secrets: frozenset[str]
    #: Moment of the sandbox, which stood still.
    now: str


@pytest.fixture(scope="module")
def demo(
    new_installation: NewDatabase, knows_project: KnowsProject, memory: Path
) -> Iterator[Demo]:
    home = memory / "demo"
    with new_installation() as url:
        timonel = Timonel(home, url, knows_project(url))
        with running_sandbox(Settings(home, url), _WORLD) as sandbox:
            # Its shops go on selling, an order every few minutes: news.
            now = stop_time(sandbox)
            said = timonel.run("demo", "--no-open")
            offered = sandbox.connections()
        secrets = {
            secret
            for company in ("cdnow", "tienda_norte")
            for connection in offered[company]["connections"].values()
            for secret in connection["secrets"].values()
        }
        yield Demo(timonel, said, frozenset(secrets), now)


def test_what_is_estimated_stands_beside_what_is_true(demo: Demo) -> None:
    assert "Beside the published answer" in demo.said
    assert demo.said.count("Beside the truth") == 5
    assert demo.said.count("behind the predictions ✓") == 3
    revenues = [line for line in demo.said.splitlines() if "Net revenue" in line]
    assert [line.split()[-1] for line in revenues] == ["="] * 3
    shops = ("Shopify", "Meta Ads", "Google Ads", "Search Console", "Weather")
    community = ("webhooks: ", "Google Analytics 4", "HubSpot")
    for source in (*shops, "Exported files", *community):
        assert f"✓ Reading {source}" in demo.said


def test_the_numbers_of_the_community_are_those_it_was_made_with(demo: Demo) -> None:
    said = demo.said[demo.said.index("Red Profesional") :]
    written = said[: said.index("Academia IA")].splitlines()
    figures = ("Active professionals", "K-factor", "Minutes that flows", "Refused")

    for figure in figures:
        ((found, true),) = [e.split()[-2:] for e in written if figure in e]
        assert found == true, figure


def test_the_numbers_of_the_webinars_are_those_they_were_made_with(
    demo: Demo,
) -> None:
    said = demo.said[demo.said.index("Academia IA") :]
    written = said[: said.index("Cuaderno")].splitlines()
    figures = (
        *("Webinars held", "Show rate", "Conversion of", "Revenue of webinars"),
        "Section that most leave in",
    )

    for figure in figures:
        ((found, true),) = [e.split()[-2:] for e in written if figure in e]
        assert found == true, figure


def test_the_numbers_of_the_accounts_are_those_they_were_made_with(
    demo: Demo,
) -> None:
    written = demo.said[demo.said.index("Cuaderno") :].splitlines()
    figures = (
        *("Accounts that pay", "MRR on the last day", "Churn of accounts"),
        *("Accounts that left", "Why most left"),
    )

    for figure in figures:
        ((found, true),) = [e.split()[-2:] for e in written if figure in e]
        assert found == true, figure


def test_the_numbers_of_the_marketplace_are_those_it_was_made_with(
    demo: Demo,
) -> None:
    kpis = (
        *("New users", "Onboarding rate", "RUT validation rate"),
        *("Cart abandonment rate", "Average order value", "Cancellation rate"),
        *("Hours from paid to done", "Average rating", "Repurchase rate"),
    )
    said = demo.said[demo.said.index("Plaza Servicios") :]
    written = said[: said.index("Red Profesional")].splitlines()
    lines = {kpi: [each for each in written if kpi in each] for kpi in kpis}

    for kpi, found in lines.items():
        assert len(found) == 1, kpi
        assert found[0].split()[-1] == "=", found


def test_every_slice_is_what_the_source_counted(demo: Demo) -> None:
    verified = demo.timonel.rows(
        """select company_id, source_slug from ops.source_landings
        where verified_at is not null and not is_reading order by 1, 2"""
    )

    slugs = ("calendar", "google_ads", "meta_ads", "search_console", "shopify")
    assert verified == [
        ("cdnow", "shopify"),
        *(("red_profesional", slug) for slug in ("ga4", "hubspot")),
        *(("tienda_norte", slug) for slug in (*slugs, "weather")),
    ]


def test_no_row_of_a_view_is_there_twice(demo: Demo, parsed_project: Manifest) -> None:
    keys = declared_keys(parsed_project)

    assert len(keys) > 80
    assert repeated_keys(demo.timonel.url, keys) == []


def test_reading_the_same_again_computes_nothing(demo: Demo) -> None:
    settings = Settings(demo.timonel.home, demo.timonel.url)
    with running_sandbox(settings, _WORLD) as sandbox:
        set_time(sandbox, demo.now)
        before = demo.timonel.rows(_ROW_VERSIONS)

        said = demo.timonel.run("demo", "--no-open")

    # But for the shop that the demo itself gave tags and a coupon after reading it.
    companies = re.split(r"\n\n(?=[A-Z][^\n]+\n  ✓ )", said)[1:]
    changed = [
        each.splitlines()[0]
        for each in companies
        if "Nothing changed since" not in each
    ]
    assert (len(companies), changed) == (6, ["Tienda Norte"])
    assert demo.timonel.rows(_ROW_VERSIONS) == before


def test_a_stopped_sandbox_is_named(demo: Demo) -> None:
    said = demo.timonel.run("run", "--company", "cdnow", exit_code=1)

    assert "cdnow/shopify reads from the sandbox" in said
    assert "timonel sandbox start" in said
    assert "failing" in demo.timonel.run("connections")


def test_no_secret_is_left_anywhere_but_encrypted(demo: Demo) -> None:
    world = demo.timonel.home / "sandbox"
    places = {
        str(file): file.read_bytes()
        for folder in demo.timonel.traces
        for file in folder.rglob("*")
        if file.is_file() and not file.is_relative_to(world)
    }
    places |= _tables(demo.timonel.url)

    holding = [
        name
        for name, content in places.items()
        if any(secret.encode() in content for secret in demo.secrets)
    ]

    assert len(demo.secrets) == 7
    assert any(name.endswith("run.log") for name in places)
    assert holding == []


def _tables(url: str) -> dict[str, bytes]:
    """Every table of ops and of the sources as text, the ciphertext aside."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            """select schemaname || '.' || tablename from pg_tables
            where schemaname = 'ops' or schemaname like 'raw%'"""
        ).fetchall()
        return {
            name: "\n".join(
                row[0]
                for row in connection.execute(
                    f"""select (to_jsonb(t) - 'encrypted_secrets')::text
                    from {name} as t""".encode()
                )
            ).encode()
            for (name,) in names
        }
