"""Operativo SaaS: bands, care, support of all tiers beside each, and touchpoints."""

from __future__ import annotations

from tests.metabase.pages.drawn_cards import shown


def test_bands_stand_with_their_share_of_the_accounts(shops_url: str) -> None:
    rows = shown(shops_url, "operating_bands")

    assert [row[:3] for row in rows] == [
        ["Crítica", "1", "50\xa0%"],
        ["Sana", "1", "50\xa0%"],
    ]


def test_who_only_watches_is_no_account_to_act_on(shops_url: str) -> None:
    ((coverage, managed, accounts, intervened, *counts),) = shown(
        shops_url, "operating_care"
    )

    assert (coverage, managed, accounts) == ("50\xa0%", "1", "2")
    assert (intervened, counts) == ("100\xa0%", ["1", "1", "0"])


def test_all_tiers_stand_before_each_with_the_change_of_a_month(shops_url: str) -> None:
    rows = shown(shops_url, "operating_support")

    newest = [row[1:5] for row in rows][:3]
    assert newest == [
        ["Todos", "80", "60\xa0%", "75\xa0%"],
        ["1", "60", "20\xa0%", "80\xa0%"],
        ["2", "20", "—", "60\xa0%"],
    ]


def test_of_few_tickets_of_a_tier_all_together_tell_what_was_solved(
    shops_url: str,
) -> None:
    rows = shown(shops_url, "operating_support")

    assert [row[6:] for row in rows][:3] == [
        ["83\xa0%", "40"],
        ["—", "20"],
        ["—", "20"],
    ]


def test_a_touchpoint_stands_with_its_answers(shops_url: str) -> None:
    ((_, place, answers, mean, *_),) = shown(shops_url, "operating_csat")

    assert (place, answers, mean) == ("Soporte", "40", "7,5")


def test_who_is_late_for_a_contact_is_counted_and_listed(shops_url: str) -> None:
    assert shown(shops_url, "operating_cadence") == [
        ["Contacto (cada mes)", "Todas", "2", "1", "50\xa0%", "85\xa0%"],
        ["Contacto (cada mes)", "Grandes", "1", "0", "100\xa0%", "100\xa0%"],
        ["Contacto (cada mes)", "Sin segmento", "1", "1", "0\xa0%", "70\xa0%"],
        *(
            [
                "Revisión de negocio (cada trimestre)",
                who,
                "1",
                "0",
                "100\xa0%",
                "70\xa0%",
            ]
            for who in ("Todas", "Sin segmento")
        ),
    ]
    assert shown(shops_url, "operating_overdue") == [
        [
            *("Estudio 1", "—", "Ana", "90,00\xa0€", "Contacto (cada mes)"),
            *("1 may 1997", "31 may 1997", "30", "70\xa0%"),
        ]
    ]


def test_accounts_with_care_stand_beside_those_without(shops_url: str) -> None:
    rows = shown(shops_url, "operating_care_years")

    assert [row[:2] for row in rows] == [
        ["Responsable asignado", "Todas"],
        ["Responsable asignado", "Grandes"],
        ["Contactada antes del año", "Todas"],
    ]
    assert rows[0][2:] == [
        *("40", "90\xa0%", "60", "70\xa0%"),
        *(f"{points}\xa0p.\xa0p." for points in ("20,0", "5,0", "33,0")),
    ]


def test_what_most_people_chose_comes_first(shops_url: str) -> None:
    rows = shown(shops_url, "operating_choices")

    assert [row[:4] for row in rows] == [
        ["Qué te frena", "No la conozco", "70", "70\xa0%"],
        ["Qué te frena", "Falta tiempo", "30", "30\xa0%"],
    ]


def test_contacts_stand_beside_their_target_and_the_month_before(
    shops_url: str,
) -> None:
    rows = shown(shops_url, "operating_activities")

    assert [row[1:] for row in rows] == [
        ["Contactos", "50", "80", "63\xa0%", "25\xa0%", "50"],
        ["Formaciones", "3", "—", "—", "—", "3"],
        ["Contactos", "40", "80", "50\xa0%", "—", "40"],
    ]
