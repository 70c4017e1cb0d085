"""The logo of a company, or of an agency, for its reports.

A picture comes from outside and is drawn on pages that are forwarded: what could fetch,
run or not be drawn is refused when it is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import typst

from orchestration.lib.tenancy.companies import InvalidCompany, load_company
from orchestration.lib.warehouse.database import connect

__all__ = ["MOST_BYTES", "Logo", "read_logo", "remove_logo", "set_logo"]

MOST_BYTES = 128 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_SIZE_AT = slice(16, 24)
# A small file may hold a picture that takes gigabytes to draw.
_MOST_PIXELS = 4_000_000
_ACTIVE = {"script", "foreignObject", "style", "iframe", "image", "use", "set"}


@dataclass(frozen=True)
class Logo:
    """A picture; ``media_type`` is ``image/png`` or ``image/svg+xml``."""

    media_type: str
    content: bytes


def read_logo(path: Path) -> Logo:
    """A picture from a file, once it is known that it can be drawn and does no more.

    Raises
    ------
    InvalidCompany
        It cannot be read, is larger than 128 KB or 4 million pixels, is neither PNG
        nor SVG, is damaged, or an SVG with anything that runs or is fetched.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidCompany(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > MOST_BYTES:
        raise InvalidCompany(
            f"{path} has {len(content) // 1024} KB; a logo has {MOST_BYTES // 1024} at "
            "most. Save it smaller: 600 pixels are wide enough."
        )
    if content.startswith(_PNG):
        _refuse_large(path, content)
        logo = Logo("image/png", content)
    else:
        _refuse_active(path, content)
        logo = Logo("image/svg+xml", content)
    _draw(path, logo)
    return logo


def set_logo(url: str, company_id: str, logo: Logo) -> None:
    """Keep a logo for a company, in place of the one it had.

    Raises
    ------
    UnknownCompany
        There is no such company.
    """
    load_company(url, company_id)
    with connect(url, "orchestrator") as connection:
        connection.execute(
            """insert into ops.company_logos (company_id, media_type, content)
            values (%s, %s, %s)
            on conflict (company_id) do update set
                media_type = excluded.media_type, content = excluded.content,
                updated_at = now()""",
            [company_id, logo.media_type, logo.content],
        )


def remove_logo(url: str, company_id: str) -> bool:
    """Forget the logo of a company; False where it had none.

    Raises
    ------
    UnknownCompany
        There is no such company.
    """
    load_company(url, company_id)
    with connect(url, "orchestrator") as connection:
        gone = connection.execute(
            "delete from ops.company_logos where company_id = %s", [company_id]
        )
        return gone.rowcount > 0


def _refuse_large(path: Path, content: bytes) -> None:
    size = content[_SIZE_AT]
    width, height = int.from_bytes(size[:4], "big"), int.from_bytes(size[4:], "big")
    if width * height > _MOST_PIXELS:
        raise InvalidCompany(f"{path} has {width} x {height} pixels; 2000 x 2000 do.")


def _refuse_active(path: Path, content: bytes) -> None:
    # A zero byte is of an encoding in which the next line would find nothing.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content:
        raise InvalidCompany(
            f"{path} declares entities, or is neither a PNG nor an SVG; save it as "
            "plain SVG, in UTF-8."
        )
    try:
        root = ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError as error:
        raise InvalidCompany(f"{path} is neither a PNG nor an SVG.") from error
    if _name(root.tag) != "svg":
        raise InvalidCompany(f"{path} is neither a PNG nor an SVG.")
    for element in root.iter():
        if _name(element.tag) in _ACTIVE:
            raise InvalidCompany(
                f"{path} has <{_name(element.tag)}>, which a logo does without; save "
                "it as plain SVG, or as PNG."
            )
        for name, value in element.attrib.items():
            is_foreign = "url(" in value.replace("url(#", "")
            is_link = _name(name) == "href" and not value.startswith("#")
            if _name(name).startswith("on") or is_link or is_foreign:
                raise InvalidCompany(
                    f"{path} runs or fetches something ({_name(name)}); save it as "
                    "plain SVG, or as PNG."
                )


def _name(tag: str) -> str:
    return str(tag).rpartition("}")[2]


def _draw(path: Path, logo: Logo) -> None:
    """Set it as the reports do: what cannot be drawn ends no report later."""
    ending = "png" if logo.media_type == "image/png" else "svg"
    with TemporaryDirectory() as folder:
        (Path(folder) / f"logo.{ending}").write_bytes(logo.content)
        page = Path(folder) / "page.typ"
        page.write_text(f'#image("logo.{ending}", width: 20mm)', encoding="utf-8")
        try:
            typst.compile(page, root=Path(folder), format="pdf")
        except typst.TypstError as error:
            raise InvalidCompany(
                f"{path} cannot be drawn; it may be damaged. Save it again as PNG."
            ) from error
