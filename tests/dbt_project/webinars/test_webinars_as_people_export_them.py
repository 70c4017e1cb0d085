"""Lists of a webinar as a team keeps them in Spanish: funnel and experiment by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt_project.exported_files import load_folder
from tests.dbt_project.warehouse import Warehouse

# Local time of Madrid. Carl registered when it had begun, Dan cancelled, Eva was not
# let in, and Fran registered twice.
INSCRITOS = """\
ID webinar;Correo;Fecha de inscripción;Estado;Fuente;Sector;Nº de empleados;Cargo
w-1;ana@x.test;2026-03-01 10:00;Aprobado;linkedin;Banca;11-50;CEO
w-1;bea@x.test;2026-03-02 11:00;Confirmada;email;Retail;1-10;Jefa de compras
w-1;carl@x.test;2026-03-10 18:30;Aprobado;email;Retail;1-10;
w-1;dan@x.test;2026-03-03 11:00;Cancelado;email;Banca;;Becario
w-1;eva@x.test;2026-03-03 12:00;Rechazada;email;;;
w-1;fran@x.test;2026-03-04 12:00;Aprobado;email;;;Directora de Ventas
w-1;FRAN@x.test;2026-03-05 12:00;Aprobado;email;;;Directora de Ventas
"""
# Ana on two devices at once; Bea opened it and left; Gus came without registering.
ASISTENCIA = """ID webinar;Correo;Hora de entrada;Hora de salida
w-1;ana@x.test;2026-03-10 18:00;2026-03-10 18:40
w-1;ana@x.test;2026-03-10 18:30;2026-03-10 19:00
w-1;bea@x.test;2026-03-10 18:05:00;2026-03-10 18:05:59
w-1;carl@x.test;2026-03-10 18:31;2026-03-10 18:50
w-1;fran@x.test;2026-03-10 18:00;2026-03-10 18:30
w-1;gus@x.test;2026-03-10 18:00;2026-03-10 18:10
"""
WEBINARS = """ID webinar,Título,Inicio,Fin
w-1,Automatiza con IA,2026-03-10 18:00,2026-03-10 19:00
"""
INTERACCIONES = """ID webinar,Correo,Tipo,Fecha y hora,Encuesta
w-1,ana@x.test,Sondeo,2026-03-10 18:20,p1
w-1,ana@x.test,Mensaje,2026-03-10 18:21,
w-1,fran@x.test,Mensaje,2026-03-10 18:22,
w-1,carl@x.test,Pregunta,2026-03-10 18:40,
"""
PRUEBAS = """\
Experimento;Variante;Control;Destinatarios;Promedio;Desviación;Objetivo;Inicio;Fin
Recordatorio;A;sí;100;20,0;10,0;minutos;2026-03-02;2026-03-05
Recordatorio;B;no;100;24,0;15,0;minutos;2026-03-02;2026-03-05
"""


@pytest.fixture(scope="module")
def told(
    warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    company = warehouse.add_pair().acme
    folder = tmp_path_factory.mktemp("exports")
    for name, text in {
        "inscritos.csv": INSCRITOS,
        "asistencia.csv": ASISTENCIA,
        "webinars.csv": WEBINARS,
        "interacciones.csv": INTERACCIONES,
        "pruebas.csv": PRUEBAS,
    }.items():
        (folder / name).write_text(text)
    load_folder(warehouse, company, folder, time_zone="Europe/Madrid")
    warehouse.build(
        company,
        as_of={company: "2026-03-15"},
        only=["webinar_outcomes", "experiment_results"],
    )
    return {
        relation: warehouse.rows(
            f"select * from {relation} where company_id = %s order by 2, 3", [company]
        )
        for relation in (
            "marts.webinar_outcomes",
            "marts.webinar_registrations",
            "reporting.webinar_experiments",
        )
    }


def test_who_registered_and_came_is_as_counted_by_hand(
    told: dict[str, list[dict[str, Any]]],
) -> None:
    (row,) = told["marts.webinar_outcomes"]
    states = [one["state"] for one in told["marts.webinar_registrations"]]

    assert sorted(states) == [
        *("at_start", "at_start", "at_start", "cancelled", "late", "not_approved")
    ]
    # Ana and Fran of Ana, Bea and Fran; with Carl and Gus four were there.
    assert (row["registrant_count"], row["show_count"]) == (3, 2)
    assert (row["attendee_count"], row["late_registrant_count"]) == (4, 1)
    assert (row["unregistered_attendee_count"], row["cancelled_count"]) == (1, 1)
    # An hour, 19, 30 and 10 minutes: 29.75, told to a tenth.
    assert float(row["attended_minutes_mean"]) == 29.8
    assert (row["chatter_count"], row["asker_count"]) == (2, 1)
    assert row["poll_taker_count"] == 1


def test_means_of_minutes_are_read_with_a_decimal_comma(
    told: dict[str, list[dict[str, Any]]],
) -> None:
    rows = {row["variant"]: row for row in told["reporting.webinar_experiments"]}

    assert rows["B"]["verdict"] == "better"
    assert rows["B"]["difference_mean_lower"] == pytest.approx(0.44166, abs=1e-5)
    assert rows["B"]["difference_mean_upper"] == pytest.approx(7.55834, abs=1e-5)
