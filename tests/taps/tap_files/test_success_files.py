"""Files of product, support and customer success are told by their headers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from taps.tap_files.contract import load_contracts
from taps.tap_files.headers import recognise
from taps.tap_files.settings import Settings
from tests.taps.tap_files.conftest import RunTap

KINDS = (
    "product_events",
    "features",
    "tickets",
    "survey_responses",
    "cs_activities",
    "exit_reasons",
    "kpi_targets",
    "account_referrals",
    "points_rules",
    "points_redemptions",
    "loyalty_rules",
    "referral_rules",
    "reward_payouts",
    "program_costs",
)
EXPORTS = {
    # Headers as vendors and people write them.
    "messageId,type,event,userId,anonymousId,timestamp,receivedAt,context_group_id": (
        "product_events"
    ),
    "$insert_id,event,distinct_id,time,group_id": "product_events",
    "uuid,event_type,event_time,user_id,device_id,platform,server_upload_time": (
        "product_events"
    ),
    "uuid,event,distinct_id,timestamp": "product_events",
    "funcionalidad;nivel;planes;fecha_lanzamiento": "features",
    "ticket_id,organization_id,status,priority,created_at,solved_at,reopens": "tickets",
    "id_ticket;id_cuenta;estado;fecha_creacion;primera_respuesta": "tickets",
    "id_respuesta;tipo_encuesta;puntaje;fecha_respuesta;id_cuenta": "survey_responses",
    "id_actividad;id_cuenta;tipo_actividad;ejecutivo;fecha_actividad": "cs_activities",
    "id_cuenta;motivo_salida;fecha_salida;fecha_aviso": "exit_reasons",
    "indicador;mes;meta": "kpi_targets",
    "id_toque;cuenta_referente;cuenta_referida;tipo_toque;fecha_toque": (
        "account_referrals"
    ),
    "regla;tipo_regla;puntos;valor": "points_rules",
    "id_canje;id_cuenta;premio;puntos;fecha_canje": "points_redemptions",
    "nivel;meses_minimos;adopcion_minima;implicacion_minima": "loyalty_rules",
    "recompensa_por_referido;meses;tasa_comision;referidos_minimos": "referral_rules",
    "id_recompensa;id_cuenta;tipo_recompensa;importe_pagado;fecha_pago": (
        "reward_payouts"
    ),
    "mes;tipo_gasto;importe;moneda": "program_costs",
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_contracts_own_columns_say_which_file_it_is(kind: str) -> None:
    header = [column.name for column in load_contracts()[kind].columns]

    binding = recognise("export.csv", header, Settings(paths=()))

    assert binding.contract.name == kind
    assert set(binding.positions) == set(header)


@pytest.mark.parametrize("header", EXPORTS)
def test_headers_of_exports_say_it_too(header: str) -> None:
    columns = header.split(";" if ";" in header else ",")

    binding = recognise("export.csv", columns, Settings(paths=()))

    assert binding.contract.name == EXPORTS[header]


def test_a_score_off_its_scale_is_set_aside(read_text: RunTap) -> None:
    run = read_text(
        "response_id,kind,touchpoint,account_id,answered_at,score,scale_min,scale_max\n"
        "r1,NPS,product,a1,2026-01-05,10,,\n"
        "r2,NPS,product,a1,2026-01-05,11,,\n"
        "r3,CSAT,soporte,a1,2026-01-05,7.2,1,10\n"
        "r4,CSAT,support,a1,2026-01-05,7.2,,\n"
        "r5,CES,support,a1,2026-01-05,,,\n"
        "r6,CSAT,support,a1,2026-01-05,3,5,5\n"
        "r7,reason,,a1,2026-01-05,,,\n"
    )

    kept = run.records("survey_responses")
    assert [row["response_id"] for row in kept] == ["r1", "r3", "r7"]
    assert (kept[0]["scale_min"], kept[0]["scale_max"]) == (Decimal(0), Decimal(10))
    assert kept[1]["touchpoint"] == "support"
    assert run.rejects == {
        "log.csv line 3": "score is not from 0 to 10",
        "log.csv line 5": "score is not from 1 to 5",
        "log.csv line 6": "score is missing",
        "log.csv line 7": "scale_max is not above scale_min",
    }


def test_a_call_is_no_other_outreach_and_a_message_may_be_in_the_product(
    read_text: RunTap,
) -> None:
    done = read_text(
        "activity_id,account_id,activity_type,activity_date\n"
        "1,a1,Llamada,2026-01-05\n2,a1,meeting,2026-01-05\n3,a1,fax,2026-01-05\n"
    )
    assert [row["activity_kind"] for row in done.records("cs_activities")] == [
        "call",
        "outreach",
    ]
    assert list(done.rejects) == ["log.csv line 4"]

    sent = read_text(
        "message_id,message_event,occurred_at,channel\n"
        "1,sent,2026-01-05 09:00,in-app\n2,sent,2026-01-05 09:00,Email\n"
    )
    assert [row["channel"] for row in sent.records("message_events")] == [
        "in_app",
        "email",
    ]


def test_an_event_that_was_exported_twice_is_read_once(read_text: RunTap) -> None:
    event = "m1,track,Report Exported,u1,a1,2026-01-05 09:00\n"

    run = read_text(
        f"message_id,type,event,user_id,account_id,occurred_at\n{event * 2}"
    )

    assert len(run.records("product_events")) == 1


def test_a_ticket_that_was_solved_before_it_was_opened_is_set_aside(
    read_text: RunTap,
) -> None:
    run = read_text(
        "ticket_id,account_id,status,created_at,solved_at\n"
        "1,a,solved,2025-03-01 10:00,2025-03-01 12:00\n"
        "2,b,solved,2025-03-02 10:00,2025-03-01 12:00\n"
        "3,b,solved,2025-03-02 10:00,2025-03-02 10:00\n"
    )

    assert [one["ticket_id"] for one in run.records("tickets")] == ["1", "3"]
    assert run.rejects == {"log.csv line 3": "solved_at is before created_at"}


@pytest.mark.parametrize(
    "header",
    [
        "id_respuesta;fecha_respuesta;email;nota",
        "ID;Person ID;Email;Score;Comment;Created At",
        "response_id;answered_at;score;comment",
        "Fecha;Cliente;Puntuación NPS;Comentario",
    ],
)
def test_a_survey_without_its_kind_is_told_to_say_it(
    header: str, read_text: RunTap
) -> None:
    run = read_text(f"{header}\n" + ";".join(["9"] * (header.count(";") + 1)) + "\n")

    assert "of the contract survey_responses" in run.failures[0]
    assert "survey_kind" in run.failures[0]


def test_a_survey_may_be_named_as_the_column_of_its_kind(read_text: RunTap) -> None:
    run = read_text(
        "id_respuesta;encuesta;fecha_respuesta;id_cuenta;puntuacion\n"
        "1;nps;05/01/2026;c1;9\n2;csat;16/01/2026;c2;4\n"
    )

    answers = run.records("survey_responses")
    assert [(one["survey_kind"], one["score"]) for one in answers] == [
        ("nps", 9),
        ("csat", 4),
    ]
