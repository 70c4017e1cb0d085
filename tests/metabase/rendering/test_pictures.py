"""A picture of each dashboard, wide and as on a phone, in both languages."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from pypdf import PdfReader

from metabase.content.company import EXAMPLE
from metabase.content.errors import ContentError
from metabase.content.load import CONTENT_ROOT, load_content
from metabase.content.roles import within_plan
from metabase.content.warehouse import find_companies
from metabase.rendering.pictures import draw_pages, write_pictures
from metabase.rendering.report_pdf import pdf_of
from tests.metabase.conftest import Edit
from tests.metabase.server.servers import keep_only

PAGES = [
    page.path.stem
    for page in within_plan(
        load_content(CONTENT_ROOT, EXAMPLE), EXAMPLE, CONTENT_ROOT
    ).dashboards
]


def test_every_page_is_a_picture_of_both_widths(shops_url: str, tmp_path: Path) -> None:
    written = write_pictures(
        shops_url, ["acme"], ["es"], root=CONTENT_ROOT, folder=tmp_path
    )

    assert [one.name for one in written] == [
        f"acme-{page}-es-{width}.png" for page in PAGES for width in ("wide", "phone")
    ]
    sizes = [_size(one) for one in written]
    assert {width for width, _ in sizes[::2]} == {sizes[0][0]}
    assert {width for width, _ in sizes[1::2]} == {sizes[1][0]}
    for (wide, _), (narrow, tall) in zip(sizes[::2], sizes[1::2], strict=True):
        assert wide > 2 * narrow
        assert tall > narrow


def test_an_empty_company_and_another_language_have_pictures_too(
    shops_url: str, tmp_path: Path, edit: Edit
) -> None:
    root = edit("labels/en.yml", "title: Customers", "title: People *and* #more")
    keep_only(root, "clientes")

    written = write_pictures(
        shops_url, ["nueva", "bolt"], ["en"], root=root, folder=tmp_path / "png"
    )

    assert len(written) == 4
    assert all(_size(one)[1] > 300 for one in written)


def test_a_picture_says_what_the_page_says(shops_url: str) -> None:
    (acme,) = find_companies(shops_url, ("acme",))
    pages = {
        one.template: one for one in draw_pages(shops_url, acme, "es", CONTENT_ROOT)
    }

    clientes = pages["clientes"]
    assert [section.heading for section in clientes.sections] == [
        "Explorador",
        "Resumen",
    ]
    explorer = clientes.sections[0].rows[2][0]
    assert explorer.rows[0][0].text == "7"
    side_by_side = [card.placement.col for card in clientes.sections[1].rows[0]]
    assert side_by_side == [0, 6, 12, 18]


def test_a_number_that_warns_is_red_on_paper(shops_url: str) -> None:
    # The red of the page, #C0392B, in shares of 1.
    red = b"0.7529412 0.22352941 0.16862746"

    def inks(company: str) -> bytes:
        (one,) = find_companies(shops_url, (company,))
        drawn = draw_pages(shops_url, one, "es", CONTENT_ROOT)
        (panel,) = (page for page in drawn if page.template == "panel")
        pages = PdfReader(io.BytesIO(pdf_of(panel))).pages
        told = [page.get_contents() for page in pages]
        return b"".join(one.get_data() for one in told if one is not None)

    assert red in inks("acme")
    assert red not in inks("bolt")


def test_a_language_that_is_not_there_is_named(shops_url: str, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no labels for 'xx'"):
        write_pictures(shops_url, ["acme"], ["xx"], root=CONTENT_ROOT, folder=tmp_path)


def _size(path: Path) -> tuple[int, int]:
    """Width and height in pixels, read off the header of the file."""
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", head[16:24])
    return width, height
