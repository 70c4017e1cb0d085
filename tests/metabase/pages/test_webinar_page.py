"""Webinar: ejecutivo: what webinars brought, of months and webinars that are over."""

from __future__ import annotations

from datetime import date

from tests.metabase.pages.drawn_cards import answer_of, card_named, shown


def test_headlines_are_of_the_last_month_that_can_be_told(shops_url: str) -> None:
    told = {
        # Of August, which is over.
        "webinar_lead_cost": "4,00\xa0€",
        "webinar_attendance": "45\xa0%",
        # Of July: the thirty days after those of August are not over.
        "webinar_revenue": "600,00\xa0€",
        "webinar_conversion": "13\xa0%",
        "webinar_return": "50\xa0%",
    }

    assert {name: shown(shops_url, name) for name in told} == {
        name: [[text]] for name, text in told.items()
    }


def test_the_funnel_is_of_twelve_months(shops_url: str) -> None:
    # October 1996 to September 1997: 20 + 100 + 120 + 70 and so on.
    # Of 20 others of June nobody tells whether they came.
    answer = answer_of(shops_url, card_named("webinar_funnel"))
    assert [(stage, int(people)) for stage, people in answer.rows] == [
        # W1 of July; what is of no webinar is left out.
        ("Conocimiento: impresiones", 900),
        ("Interés: visitas web", 400),
        ("Consideración: registrados", 310),
        ("Acción: asistentes", 135),
        ("Conversión: compraron", 13),
    ]
    bolt = answer_of(shops_url, card_named("webinar_funnel"), "bolt")
    assert [int(people) for _, people in bolt.rows] == [2700, 1200, 930, 405, 39]
    assert answer_of(shops_url, card_named("webinar_funnel"), "nueva").rows == ()


def test_figures_stand_beside_the_target_that_is_declared(shops_url: str) -> None:
    rows = shown(shops_url, "webinar_target_list")
    told = {(row[0], row[1]): row[2:] for row in rows}

    # The month whose sales are known is July; 46 attendees of 100 registered.
    assert told["Tasa de asistencia", "1997-07"] == [
        *("42,0 %", "85,0 %", "49\xa0%", "Todavía no"),
    ]
    assert told["Asistentes que preguntaron", "1997-07"] == [
        *("16,0 %", "15,0 %", "107\xa0%", "Cumplida"),
    ]
    # No poll was told of: that is not missed.
    polls = told["Asistentes que contestaron encuestas", "1997-07"]
    assert polls == ["—", "80,0 %", "—", "Sin dato"]
    # Of W1: W2's sales go on. A bounce is to be rare.
    last = "Automatiza (1997-07-10)"
    assert told["Visitas web del webinar", last][:2] == ["400", "10.000"]
    bounced = told["Tasa de rebote", last]
    assert (bounced[0], bounced[-1]) == ("40,0 %", "Cumplida")
    networks = [scope for name, scope in told if name == "Frecuencia"]
    assert networks == ["Facebook (1997-07)", "LinkedIn (1997-07)"]
    bolt = answer_of(shops_url, card_named("webinar_target_list"), "bolt").rows
    assert ("Visitas web del webinar", last, "1.200") in [row[:3] for row in bolt]
    assert answer_of(shops_url, card_named("webinar_target_list"), "nueva").rows == ()


def test_a_rate_of_few_people_is_no_point_of_a_line(shops_url: str) -> None:
    rows = answer_of(shops_url, card_named("webinar_rates_by_month")).rows

    # Of June's 40 registrants 20 could be seen to come; September is not over,
    # August's sales are not.
    assert list(rows) == [
        (date(1997, 6, 1), None, None),
        (date(1997, 7, 1), 0.42, 0.13),
        (date(1997, 8, 1), 0.45, None),
    ]


def test_each_webinar_is_told_with_the_interval_of_its_show_rate(
    shops_url: str,
) -> None:
    newest, older = shown(shops_url, "webinar_list")

    assert newest[:6] == [
        "14 ago 1997",
        "Crece",
        "120",
        "45\xa0%",
        "36\xa0%",
        "54\xa0%",
    ]
    assert newest[7:] == [
        *("41,0", "60\xa0%", "15\xa0%", "—"),
        *("66,5", "8,1", "4", "—", "250,00\xa0€", "—"),
    ]
    assert older[8:11] == ["50\xa0%", "8\xa0%", "64\xa0%"]
    assert older[13:] == ["6", "13\xa0%", "600,00\xa0€", "50\xa0%"]


def test_a_channel_is_told_by_people_and_by_what_it_cost(shops_url: str) -> None:
    social, mail = shown(shops_url, "webinar_channel_list")

    assert social[0] == "Redes sociales"
    assert social[8:11] == ["12\xa0%", "6\xa0%", "22\xa0%"]
    assert social[11:15] == ["700,00\xa0€", "800,00\xa0€", "5,00\xa0€", "-25\xa0%"]
    assert mail[8:15] == ["—", "—", "—", "150,00\xa0€", "0,00\xa0€", "—", "—"]
    # Webinars of which nobody loaded who came.
    assert (social[15:], mail[15:]) == (["0"], ["1"])
    english = answer_of(shops_url, card_named("webinar_channel_people", "en")).rows
    assert english[0][0] == "Redes sociales (en)"
    # Beside who came stand those of whom it is known.
    assert [row[1:3] for row in english] == [(150, 70), (50, 36)]


def test_what_is_expected_is_told_beside_what_came(shops_url: str) -> None:
    coming, missed, held = shown(shops_url, "webinar_forecast_list")

    assert coming[:6] == ["2 oct 1997", "Vende", "60", "26", "17", "34"]
    assert coming[6:] == ["—", "Por venir", "Por serie"]
    assert missed[3:8] == ["50", "38", "51", "54", "Fuera"]
    assert held[3:8] == ["41", "30", "54", "42", "Dentro"]


def test_whom_to_call_is_told_in_order_with_what_to_do(shops_url: str) -> None:
    first, second = shown(shops_url, "call_list")

    assert first[:3] == ["1", "bea 1", "Media"]
    assert first[3].startswith("Acompañar: casos de éxito, consulta gratuita")
    assert first[4:6] == ["65\xa0%", "Crece"]
    # Of who is no contact nobody knows what they opened.
    assert (first[8], second[8]) == ("4", "—")
    assert second[1:3] == ["ana 1", "Muy baja"]
    assert second[3].startswith("Mantener en el boletín")
    assert shown(shops_url, "call_note") == [["Nadie llega. Cuentan.", "500", "90"]]


def test_bands_stand_in_their_order_beside_what_came(shops_url: str) -> None:
    high, called, others = shown(shops_url, "call_bands")

    assert high[:2] == ["Alta", "0"]
    assert high[4] == "—"
    assert called[:5] == ["Los 20 primeros", "40", "10", "20\xa0%", "25\xa0%"]
    assert others[4:] == ["10\xa0%", "5\xa0%", "40\xa0%"]


def test_forecasts_that_can_be_judged_are_counted(shops_url: str) -> None:
    # Of two webinars held one was within; four of five of two are 1.6.
    assert shown(shops_url, "webinar_forecast_grade") == [["2", "1", "2"]]


def test_sections_stand_in_the_order_of_a_webinar(shops_url: str) -> None:
    intro, bad = shown(shops_url, "webinar_section_list")

    assert intro[:5] == ["Introducción", "2", "100", "97", "97\xa0%"]
    assert bad[:5] == ["Implementación", "2", "100", "66", "66\xa0%"]


def test_an_offer_is_told_from_seen_to_bought(shops_url: str) -> None:
    (offer,) = shown(shops_url, "webinar_offer_list")

    assert offer[2:6] == ["Curso", "40", "10", "25\xa0%"]
    assert offer[8:10] == ["4", "40\xa0%"]


def test_posts_are_told_by_network_of_months_that_are_over(shops_url: str) -> None:
    rows = shown(shops_url, "webinar_social_list")

    assert [row[1:5] for row in rows] == [
        ["Facebook", "2", "500", "300"],
        ["LinkedIn", "2", "900", "300"],
    ]


def test_what_is_of_no_one_webinar_comes_first_and_is_not_spread(
    shops_url: str,
) -> None:
    none, crece, automatiza = shown(shops_url, "webinar_funnel_list")

    assert none[:5] == ["—", "De ningún webinar en concreto", "—", "—", "90"]
    assert crece[1:5] == ["Crece", "—", "—", "—"]
    assert automatiza[4:8] == ["400", "120", "95,0", "40\xa0%"]
    assert automatiza[9:12] == ["50", "30\xa0%", "32\xa0%"]
    bolt = answer_of(shops_url, card_named("webinar_funnel_list"), "bolt")
    assert [row[4] for row in bolt.rows] == [270, None, 1200]


def test_channels_add_up_over_webinars_and_no_rate_is_of_few(shops_url: str) -> None:
    social, mail = shown(shops_url, "webinar_funnel_channel_list")

    assert social[:5] == ["Redes sociales", "1.000", "2\xa0%", "320", "60,0"]
    assert mail[:5] == ["Correo", "—", "—", "29", "—"]


def test_a_webinar_to_come_is_advised_by_what_is_known_of_it(shops_url: str) -> None:
    first, second = shown(shops_url, "webinar_outlook_list")

    # What to do stands beside the webinar: the last column may lie beyond the edge.
    assert [first[1], *first[3:7]] == ["W3", "60", "9", "4", "5"]
    assert first[7:11] == ["3", "9", "12", "7"]
    assert first[14] == "43\xa0%"
    assert first[2].startswith("Prioridad alta, marketing: ")
    assert first[2].endswith("; Los registros crecen")
    assert second[2] == "Nada en particular"
    bolt = answer_of(shops_url, card_named("webinar_outlook_list"), "bolt")
    assert [row[3] for row in bolt.rows] == [180, 180]


def test_figures_of_other_units_are_told_by_what_changed(shops_url: str) -> None:
    rows = answer_of(shops_url, card_named("webinar_rolling_line")).rows

    # A conversion of too few is no point of the line.
    assert {(str(row[0])[-2:], row[1]): row[2] for row in rows} == {
        ("10", "Ingresos de webinars"): 0,
        ("10", "ROI de webinars"): 0,
        ("10", "Conversión de asistentes"): 0,
        ("10", "Coste por registrado"): 0,
        ("11", "Ingresos de webinars"): 0.25,
        ("11", "ROI de webinars"): 0.25,
        ("11", "Coste por registrado"): 0.25,
    }


def test_a_variant_stands_below_its_control_with_a_verdict(shops_url: str) -> None:
    control, variant, _, longer = shown(shops_url, "experiment_list")

    assert control[:4] == ["Asunto: Automatiza", "Asunto", "Apertura", "A"]
    assert (control[-4], control[-1]) == ("—", "Control")
    assert variant[4:8] == ["500", "150", "30\xa0%", "10,0\xa0p.\xa0p."]
    assert variant[-1] == "Funciona mejor"
    assert longer[:3] == ["Vídeo", "Otra cosa", "Minutos por persona"]
    assert longer[-5:] == ["24,00", "4,00", "0,44", "7,56", "Funciona mejor"]
