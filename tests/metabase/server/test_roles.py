"""What each role may read and write, seen as a person of its group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from metabase.content.errors import ContentError, MetabaseError
from metabase.content.load import CONTENT_ROOT
from metabase.content.roles import read_roles
from metabase.content.yaml_files import parsed
from metabase.server.client import Admin, Metabase, sign_in
from tests.metabase.server.double_people import ADMINISTRATORS, ALL_USERS
from tests.metabase.server.servers import Server

FOLDERS = {
    "core": "1. Dashboard y clientes",
    "growth": "2. Marketing y simulador",
    "connections": "3. Conexiones",
    "operational": "4. Vista operativa",
    "executive": "5. Vista ejecutiva",
    "technical": "6. Vista técnica",
    "dates": "7. Tarjetas de varias vistas: 2. Marketing y simulador + 3. Conexiones",
    "shared": (
        "7. Tarjetas de varias vistas: 4. Vista operativa + 5. Vista ejecutiva"
        " + 6. Vista técnica"
    ),
    "agency": "8. Agencia",
    "community_executive": "9. Comunidad: ejecutiva",
    "community_operational": "10. Comunidad: operativa",
    "community_technical": "11. Comunidad: técnica",
    "saas_executive": "12. Suscripciones: ejecutiva",
    "saas_operational": "14. Suscripciones: operativa",
    "webinars_executive": "13. Webinars",
    "workspace": "Espacio de trabajo",
}


# Of other plans than that of a shop.
DOMAIN_FOLDERS = {
    *("community_executive", "community_operational", "community_technical"),
    *("agency", "saas_executive", "saas_operational", "webinars_executive"),
}
BUSINESS = ("core", "growth", "operational", "dates", "shared")


@dataclass(frozen=True)
class _Expected:
    reads: tuple[str, ...]
    writes: tuple[str, ...] = ()
    writes_sql: bool = False


EXPECTED = {
    "directivo": _Expected((*BUSINESS, "executive", "workspace")),
    "marketing": _Expected((*BUSINESS, "workspace"), ("workspace",)),
    "devops": _Expected(("connections", "technical", "dates", "shared")),
    "analista": _Expected(
        tuple(set(FOLDERS) - DOMAIN_FOLDERS),
        ("workspace",),
        writes_sql=True,
    ),
    "consultor": _Expected((*BUSINESS, "executive")),
}
CORE = {"panel", "ventas", "clientes", "ficha"}
OPERATIONAL = {
    *("marketing", "simulador", "adquisicion", "engagement", "segmentacion"),
    "monedas",
}
EXECUTIVE = {"aciertos", "retencion"}
TECHNICAL = {"conexiones", "model_health", "operaciones"}
SAAS = {
    *("ejecutivo_saas", "salud_de_cuentas", "senales_y_cola"),
    "ficha_de_cuenta",
    *("lealtad_y_referidos", "operativo_saas", "programa"),
}
COMMUNITY = {"comunidad_ejecutiva", "comunidad_operativa", "comunidad_tecnica"}
WEBINARS = {"webinars", "webinar_operativo", "cohortes_y_segmentos", "leads"}
EVERYTHING = {
    *(CORE | OPERATIONAL | EXECUTIVE | TECHNICAL | COMMUNITY | SAAS | WEBINARS),
    "agencia",
}
PAGES = {
    "pro": {
        "directivo": CORE | OPERATIONAL | EXECUTIVE,
        "marketing": CORE | OPERATIONAL,
        "devops": TECHNICAL,
        "analista": CORE | OPERATIONAL | EXECUTIVE | TECHNICAL,
        "consultor": CORE | OPERATIONAL | EXECUTIVE,
        "operator": EVERYTHING,
    },
    "basic": {
        "directivo": CORE,
        "marketing": CORE,
        "devops": {"conexiones"},
        "analista": CORE | {"conexiones"},
        "consultor": CORE,
        "operator": EVERYTHING,
    },
    "community": {
        "directivo": {"comunidad_ejecutiva"},
        "marketing": {"comunidad_operativa"},
        "devops": {"comunidad_tecnica", "conexiones"},
        "analista": COMMUNITY | {"conexiones"},
        "consultor": {"comunidad_ejecutiva", "comunidad_operativa"},
        "operator": EVERYTHING,
    },
    "saas": {
        "directivo": SAAS,
        "marketing": SAAS - {"ejecutivo_saas", "programa"},
        "devops": {"conexiones"},
        "analista": SAAS | {"conexiones"},
        "consultor": SAAS,
        "operator": EVERYTHING,
    },
    "webinars": {
        "directivo": WEBINARS,
        "marketing": WEBINARS,
        "devops": {"conexiones"},
        "analista": WEBINARS | {"conexiones"},
        "consultor": WEBINARS,
        "operator": EVERYTHING,
    },
    "agency": {
        "directivo": {"agencia"},
        **{key: set() for key in ("marketing", "devops", "analista", "consultor")},
        "operator": EVERYTHING,
    },
}


def test_every_role_may_read_and_write_what_its_row_says(filled: Server) -> None:
    for role, expected in EXPECTED.items():
        person = person_of(filled, f"acme: {role}")

        assert _readable(person, filled, "acme") == {"company", *expected.reads}, role
        assert _readable(person, filled, "bolt") == set(), role
        for folder in ("company", *FOLDERS):
            allowed = expected.writes_sql and folder in expected.writes
            made = _may_make_a_card(person, filled, "acme", folder, "acme")
            assert made is allowed, (role, folder)
        # Through the other company's connection, nobody, wherever it would lie.
        assert not _may_make_a_card(person, filled, "acme", "workspace", "bolt")


def test_a_connection_is_queried_by_hand_as_roles_yml_says(filled: Server) -> None:
    levels = {
        (filled.fake.groups[group]["name"], filled.fake.databases[one]["name"]): level
        for (group, one), level in filled.fake.levels.items()
        if level != "no" and group != ADMINISTRATORS
    }

    assert levels == {
        (f"{company}: {role}", f"timonel_{company}"): level
        for company in ("acme", "bolt")
        for role, level in (
            ("marketing", "query-builder"),
            ("analista", "query-builder-and-native"),
        )
    }


def test_the_operator_reads_what_is_published_for_every_company(
    filled: Server,
) -> None:
    person = person_of(filled, "timonel: operator")

    published = {"company", *FOLDERS} - {"workspace"}
    assert _readable(person, filled, "acme") == published
    assert _readable(person, filled, "bolt") == published
    assert not _may_make_a_card(person, filled, "acme", "company", "acme")


def test_who_is_in_no_group_sees_nothing(setting: Server) -> None:
    setting.fake.post_group({"name": "Made by hand"})
    setting.run()

    person = person_of(setting, "Made by hand")

    assert _readable(person, setting, "acme") | _readable(person, setting, "bolt") == (
        set()
    )
    assert (ALL_USERS, "root") not in setting.fake.access


def test_pages_lie_in_the_folder_of_roles_yml_with_their_cards(
    filled_acme: Server,
) -> None:
    roles = parsed(filled_acme.request.root / "roles.yml")["folders"]
    names = {key: one["name"] for key, one in filled_acme.fake.collections.items()}
    for folder, pages in roles.items():
        for page in pages:
            live = filled_acme.page(_title(filled_acme, page))
            assert names[live["collection_id"]] == FOLDERS[folder], page


def test_every_role_reads_its_pages_their_cards_and_nothing_else(
    setting: Server,
) -> None:
    """acme has taken all, bolt the basic plan; then acme is an agency."""
    setting.sql("update ops.companies set plan = 'basic' where company_id = 'bolt'")
    setting.run()
    _reads_its_pages(setting, {"acme": "pro", "bolt": "basic"})

    setting.sql("update ops.companies set plan = 'agency' where company_id = 'acme'")
    setting.run()
    _reads_its_pages(setting, {"acme": "agency"})


def test_a_role_of_a_company_without_a_shop_reads_its_own_pages_and_nothing_else(
    setting: Server,
) -> None:
    """A community, a subscription business, and a team of webinars."""
    for plans in ({"acme": "community", "bolt": "saas"}, {"acme": "webinars"}):
        for company, plan in plans.items():
            setting.sql(
                f"update ops.companies set plan = '{plan}' "
                f"where company_id = '{company}'"
            )
        setting.run()
        _reads_its_pages(setting, plans)


def _reads_its_pages(setting: Server, plans: dict[str, str]) -> None:
    for company, plan in plans.items():
        pages = _pages_of(setting, company)
        for role, names in PAGES[plan].items():
            group = f"{company}: {role}" if role in EXPECTED else "timonel: operator"
            person = person_of(setting, group)
            shown = {card for name in names for card in pages[name][1]}
            assert _read(person, "dashboard", {key for key, _ in pages.values()}) == {
                pages[name][0] for name in names
            }, (plan, role)
            cards = {card for _, inside in pages.values() for card in inside}
            assert _read(person, "card", cards) == shown, (plan, role)


def test_a_plan_that_changes_opens_and_closes_pages_and_writes_nothing_else(
    filled: Server,
) -> None:
    filled.sql("update ops.companies set plan = 'basic' where company_id = 'bolt'")

    less = filled.run()
    filled.sql("update ops.companies set plan = 'pro' where company_id = 'bolt'")
    more = filled.run()

    closed = [one for one in less if "rights" not in one and "Marketing" not in one]
    assert closed == []
    assert [one for one in less if "rights collections" in one]
    assert [one for one in more if "rights collections" in one]
    assert filled.pending() == []


def test_actions_and_embedded_pages_end_with_the_plan(setting: Server) -> None:
    setting.environment["METABASE_EMBEDDING_SECRET_KEY"] = "embedding secret"
    setting.sql("update ops.companies set plan = 'basic' where company_id = 'bolt'")
    setting.run()

    opened = {
        (one["name"], setting.top("acme") in _above(setting, one["collection_id"]))
        for one in setting.fake.dashboards.values()
        if one.get("enable_embedding")
    }

    assert opened == {
        *(("Dashboard", True), ("Clientes", True), ("Marketing", True)),
        *(("Dashboard", False), ("Clientes", False)),
    }


def test_the_group_from_before_roles_keeps_its_people(setting: Server) -> None:
    before = setting.fake.post_group({"name": "timonel_acme"})

    setting.run()

    assert setting.fake.groups[before["id"]]["name"] == "acme: directivo"


def test_a_right_given_by_hand_is_taken_back_without_asking(filled: Server) -> None:
    group, folder = filled.group("bolt: analista"), filled.top("acme")
    filled.fake.access[group, str(folder)] = "write"

    changes = filled.run()

    assert changes == ["update rights collections (who may use them: bolt: analista)"]
    assert (group, str(folder)) not in filled.fake.access


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("workspace: read", "workspace: all", "workspace of directivo is 'all'"),
        ('queries: "no"', "queries: no", "queries of directivo is False.*in quotes"),
        (
            "[connections, technical,",
            "[connections, boardroom,",
            "devops reads 'boardroom'",
        ),
        ("[model_health", "[nope", "no dashboard file .* nope"),
        ("[conexiones]", "[conexiones, clientes]", "clientes is in two folders"),
        (", ficha, con", ", con", "plan basic has a part of core; split"),
        (", ficha, con", ", ficha, nope, con", "plan basic has 'nope'.*in no folder"),
        ("pages: {all_but", "page: {all_but", "plan full needs actions, pages"),
        ("operator:", "owner:", "expected the keys"),
    ],
)
def test_a_role_that_cannot_be_meant_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = (CONTENT_ROOT / "roles.yml").read_text()
    assert old in text
    path = tmp_path / "roles.yml"
    path.write_text(text.replace(old, new, 1))
    pages = [one.stem for one in (CONTENT_ROOT / "pages").glob("*/*.yml")]

    with pytest.raises(ContentError, match=message):
        read_roles(path, pages)


def person_of(setting: Server, group: str) -> Metabase:
    fake = setting.fake
    key = 2000 + len(fake.users)
    fake.users[key] = {
        "email": f"{key}@example.com",
        "password": "secret",
        "is_active": True,
        "groups": [ALL_USERS, setting.group(group)],
    }
    person = Metabase(setting.request.metabase_url)
    sign_in(person, Admin(f"{key}@example.com", "secret"), language="es")
    return person


def _pages_of(setting: Server, company: str) -> dict[str, tuple[int, set[int]]]:
    """Id of each page of a company, and of the cards on it, by the file's name."""
    inside = setting.folders(company)
    live = {
        one["name"]: (key, {at["card_id"] for at in one["dashcards"]})
        for key, one in setting.fake.dashboards.items()
        if one["collection_id"] in inside
    }
    pages = PAGES["pro"]["operator"]
    return {page: live[_title(setting, page)] for page in pages}


def _read(person: Metabase, kind: str, keys: set[int]) -> set[int]:
    return {
        key
        for key in keys
        if not _is_forbidden(partial(person.get, f"/api/{kind}/{key}"))
    }


def _above(setting: Server, collection: int) -> set[int]:
    location = setting.fake.collections[collection]["location"]
    return {int(part) for part in location.split("/") if part}


def _folder(setting: Server, company: str, name: str) -> int:
    if name == "company":
        return setting.top(company)
    (key,) = (
        key
        for key in setting.folders(company)
        if setting.fake.collections[key]["name"] == FOLDERS[name]
    )
    return key


def _readable(person: Metabase, setting: Server, company: str) -> set[str]:
    names = ("company", *FOLDERS)
    return {
        name
        for name in names
        if not _is_forbidden(
            partial(person.get, f"/api/collection/{_folder(setting, company, name)}")
        )
    }


def _may_make_a_card(
    person: Metabase, setting: Server, company: str, folder: str, connection: str
) -> bool:
    query: dict[str, Any] = {
        "lib/type": "mbql/query",
        "database": setting.database(connection),
        "stages": [{"lib/type": "mbql.stage/native", "native": "select 1"}],
    }
    body = {
        "name": "Mine",
        "display": "table",
        "visualization_settings": {},
        "dataset_query": query,
        "collection_id": _folder(setting, company, folder),
    }
    return not _is_forbidden(partial(person.post, "/api/card", body))


def _is_forbidden(request: Callable[[], Any]) -> bool:
    try:
        request()
    except MetabaseError as error:
        if error.status != 403:
            raise
        return True
    return False


def _title(setting: Server, page: str) -> str:
    labels = parsed(setting.request.root / "labels/es.yml")
    return str(labels["dashboard"][page]["title"])
