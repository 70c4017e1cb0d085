"""A logo that is taken can be drawn, and neither runs nor fetches anything."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from orchestration.lib.tenancy.companies import InvalidCompany
from orchestration.lib.tenancy.company_logos import MOST_BYTES, read_logo

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}</svg>'


def _png(width: int = 2, height: int = 2) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + zlib.crc32(checked).to_bytes(4)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x20\x60\x90" * 2) * 2)
    parts = part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (_png(), "image/png"),
        (_SVG.format('<rect width="5" height="5" fill="#333"/>').encode(), "svg+xml"),
    ],
)
def test_a_picture_is_kept_as_it_is(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "logo"
    path.write_bytes(content)

    logo = read_logo(path)

    assert logo.content == content
    assert kind in logo.media_type


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"x" * (MOST_BYTES + 1), "KB"),
        (_png(9000, 9000), "pixels"),
        (_png()[:40], "cannot be drawn"),
        (b"GIF89a", "neither a PNG nor an SVG"),
        (b"<html/>", "neither a PNG nor an SVG"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "entities"),
        (_SVG.format("<script>1</script>").encode(), "<script>"),
        (_SVG.format('<image href="file:///etc/passwd"/>').encode(), "<image>"),
        (_SVG.format('<rect onload="x()"/>').encode(), "onload"),
        (_SVG.format('<a href="https://x.example"/>').encode(), "href"),
        (_SVG.format('<rect fill="url(https://x.example/a)"/>').encode(), "fill"),
    ],
)
def test_what_is_no_harmless_picture_is_refused(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "logo"
    path.write_bytes(content)

    with pytest.raises(InvalidCompany, match=why):
        read_logo(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidCompany, match="cannot be read"):
        read_logo(tmp_path / "none.png")
