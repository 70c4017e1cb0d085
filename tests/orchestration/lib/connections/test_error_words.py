"""What an error of a connection means is said in Spanish, before the error itself."""

from __future__ import annotations

import pytest

from orchestration.lib.connections.error_words import told_in_spanish

#: What a source said -> what is told first.
MEANT = {
    "ventas.csv line 3: the column 'Pendiente' may change what a row is worth (here "
    "'121,00') and is not understood. Say what it is.": "Un archivo no se carga: no se "
    "sabe si la columna «Pendiente» cambia lo que vale una fila, y hay que decirlo.",
    "ventas.csv line 9: the column 'Estado' says 'En ruta' in 4 rows, and whether such "
    "a row is money is not known.": "Un archivo no se carga: no se sabe qué significa "
    "«En ruta» en la columna «Estado», y hay que decirlo.",
    "a.csv: this is the export 'Etsy, payments statement': it tells fees.": "Un "
    "archivo no se carga: es la exportación «Etsy, payments statement», que no dice "
    "las ventas una a una; hay que descargar otra.",
    "a.xlsx: every sheet is empty. Export it again.": "Un archivo está vacío.",
    "a.csv: what nobody has words for": "Un archivo o una tabla no se pudo cargar.",
}


@pytest.mark.parametrize("error", MEANT)
def test_a_refused_file_is_told_with_what_it_means(error: str) -> None:
    told = told_in_spanish("files", error)

    assert told == f"{MEANT[error]} Detalle técnico (en inglés): {error}"


def test_where_nothing_was_said_nothing_is_told() -> None:
    assert told_in_spanish("files", "") == ""
