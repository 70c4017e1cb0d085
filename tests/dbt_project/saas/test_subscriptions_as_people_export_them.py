"""Lists of a subscription business as it keeps them in Spanish: figures by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.exported_files import load_folder
from tests.dbt_project.warehouse import Warehouse

# Acme pays 5 seats of 20 and 8 from March on; Beta leaves in March; Gamma pays 1,200 a
# year; Delta only tries; Eco has 100 % off until it pays in February.
HEADER = (
    "ID suscripción;ID cuenta;Plan;Periodicidad;Asientos;Precio unitario;Moneda;Estado;"
    "Fecha de inicio;Vigente desde;Fecha de fin;Porcentaje descuento\n"
)
SUSCRIPCIONES = """\
s1;acme;Pro;mensual;5;20,00;EUR;activa;2026-01-05;2026-01-05;;
s1;acme;Pro;mensual;8;20,00;EUR;activa;2026-01-05;2026-03-01;;
s2;beta;Básico;mensual;1;30,00;EUR;cancelada;2026-01-10;2026-01-10;2026-03-20;
s3;gamma;Anual;anual;2;600,00;EUR;activa;2026-02-01;2026-02-01;;
s4;delta;Pro;mensual;3;20,00;EUR;prueba;2026-03-10;2026-03-10;;
s5;eco;Pro;mensual;1;20,00;EUR;activa;2026-01-15;2026-01-15;;100
s5;eco;Pro;mensual;1;20,00;EUR;activa;2026-01-15;2026-02-10;;0
"""


@pytest.fixture(scope="module")
def months(
    warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    company = warehouse.add_pair().acme
    folder = tmp_path_factory.mktemp("exports")
    (folder / "suscripciones.csv").write_text(HEADER + SUSCRIPCIONES)
    load_folder(warehouse, company, folder, time_zone="Europe/Madrid")
    warehouse.build(
        company, as_of={company: "2026-04-05"}, only=["saas_months", "mrr_movements"]
    )
    rows = warehouse.rows(
        "select * from reporting.saas_by_month where company_id = %s", [company]
    )
    return {f"{row['month_start_date']:%Y-%m}": row for row in rows}


def test_mrr_and_its_movements_are_as_computed_by_hand(
    months: dict[str, dict[str, Any]],
) -> None:
    # 5 x 20 + 30; and 2 x 600 / 12 + 20; and 3 x 20 more, less the 30 of Beta.
    assert [
        months[month]["end_mrr"] for month in ("2026-01", "2026-02", "2026-03")
    ] == [*(Decimal(130), Decimal(250), Decimal(280))]
    march = months["2026-03"]
    assert (march["expansion_mrr"], march["churned_mrr"]) == (60, 30)
    assert (march["churned_account_count"], march["start_account_count"]) == (1, 4)
    assert months["2026-02"]["new_mrr"] == 120
    assert (march["new_mrr"], march["contraction_mrr"]) == (0, 0)
    # Of four accounts there is no rate.
    assert march["gross_mrr_churn_ratio"] is None
