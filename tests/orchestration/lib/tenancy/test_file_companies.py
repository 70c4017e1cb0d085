"""A file is never poured into a company that only sounds like its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.lib.connections.connections import add_connection, files_connection
from orchestration.lib.tenancy.companies import Company, InvalidCompany, add_company
from orchestration.lib.tenancy.file_companies import company_of_file

_LONG = "una tienda con un nombre mas largo de cuarenta letras"


@pytest.mark.parametrize(
    ("there", "name", "company_id"),
    [
        ("Café Ñandú", "Cafe Nandu", "cafe_nandu"),
        ("cafe_nandu", "Café Ñandú", "cafe_nandu"),
        (f"{_LONG} norte", f"{_LONG} sur", "una_tienda_con_un_nombre_mas_largo_de_cu"),
    ],
)
def test_an_id_under_another_name_is_refused_with_both_ways_out(
    database_url: str, there: str, name: str, company_id: str
) -> None:
    add_company(database_url, company_of_file(database_url, Path("a.csv"), there))

    with pytest.raises(InvalidCompany) as failure:
        company_of_file(database_url, Path("b.csv"), name)

    assert f"'{there}', not '{name}'" in str(failure.value)
    assert f"--company {company_id} " in str(failure.value)
    assert f"--company {company_id[:38]}_2" in str(failure.value)


@pytest.mark.parametrize("name", ["cafe_nandu", "Café Ñandú", " café  ÑANDÚ"])
def test_its_id_and_its_own_name_mean_the_company_that_is_there(
    database_url: str, name: str
) -> None:
    nandu = Company("cafe_nandu", "Café Ñandú", "CLP", "America/Santiago")
    add_company(database_url, nandu)

    assert company_of_file(database_url, Path("b.csv"), name) == nandu


def test_files_of_one_name_in_two_folders_are_not_one_company(
    database_url: str, tmp_path: Path
) -> None:
    first, second = tmp_path / "a" / "orders.csv", tmp_path / "b" / "orders.csv"
    company = company_of_file(database_url, first, None)
    add_company(database_url, company)
    add_connection(database_url, files_connection("orders", first))

    assert company_of_file(database_url, first, None) == company
    with pytest.raises(InvalidCompany, match="none of the files it was made of"):
        company_of_file(database_url, second, None)
    assert company_of_file(database_url, second, "orders") == company
