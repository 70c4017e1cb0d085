"""Take the pictures of the README: pages of the demo, as a browser shows them.

    make pictures

Needs the demo's home (make demo), chromium and chromedriver.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from metabase.content.load import CONTENT_ROOT
from metabase.rendering.preview import render_preview
from orchestration.lib.core.settings import Settings
from orchestration.lib.warehouse.database import open_database

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
PAGES = ("ventas", "simulador", "clientes")
_COMPANY, _LANGUAGE = "tienda_norte", "en"
_DRAWN = """
    const shown = "main:not([hidden]) section:not([hidden]) .chart";
    return [...document.querySelectorAll(shown)]
        .every((one) => one.querySelector("svg"))
"""


def take(page: Path, folder: Path) -> list[Path]:
    """Write one picture per page, 1280 by 900; gives the files."""
    options = Options()
    options.binary_location = shutil.which("chromium") or "google-chrome"
    for one in ("--headless=new", "--no-sandbox", "--hide-scrollbars"):
        options.add_argument(one)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    service = Service(shutil.which("chromedriver"))
    with webdriver.Chrome(options=options, service=service) as driver:
        size = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        driver.get(page.as_uri())
        for name in PAGES:
            driver.execute_script(f"location.hash = '#{_COMPANY}/{name}'")
            WebDriverWait(driver, 30).until(lambda one: one.execute_script(_DRAWN))
            file = folder / f"{name}.png"
            driver.save_screenshot(str(file))
            written.append(file)
    return written


def main() -> int:
    """Draw the demo's shop anew and take its pictures."""
    url = open_database(Settings.from_environment())
    with TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        html = render_preview(url, [_COMPANY], root=CONTENT_ROOT, language=_LANGUAGE)
        page.write_text(html, encoding="utf-8")
        for file in take(page, FOLDER):
            print(f"wrote {file.relative_to(FOLDER.parents[1])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
