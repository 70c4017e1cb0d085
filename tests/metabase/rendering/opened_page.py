"""The page that is drawn as a file, opened in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

__all__ = ["CUT", "SHOWN", "Page"]

SHOWN = "main:not([hidden]) section:not([hidden])"
# What stands over the edge of its card or over another, or makes the page wider than
# the window.
CUT = """
    const found = [];
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > room) found.push("the page");
    const cards = [...document.querySelectorAll(arguments[0] + " .card")];
    const places = cards.map((card) => card.getBoundingClientRect());
    for (const [index, card] of cards.entries()) {
      const name = card.querySelector("h2").textContent;
      const own = places[index];
      for (const other of places.slice(index + 1)) {
        const wide = Math.min(own.right, other.right) - Math.max(own.left, other.left);
        const high = Math.min(own.bottom, other.bottom) - Math.max(own.top, other.top);
        if (wide > 1 && high > 1) found.push(`${name} stands over another`);
      }
      if (card.scrollWidth > card.clientWidth + 1) found.push(name);
      for (const drawn of card.querySelectorAll(".number, .chart svg")) {
        const edge = card.getBoundingClientRect().right + 1;
        const isOver = drawn.getBoundingClientRect().right > edge;
        if (isOver || drawn.scrollWidth > drawn.clientWidth + 1) found.push(name);
        const around = drawn.getBoundingClientRect();
        for (const text of drawn.querySelectorAll("text")) {
          const it = text.getBoundingClientRect();
          const isIn = it.left > around.left - 3 && it.top > around.top - 3
            && it.bottom < around.bottom + 3 && it.right < edge;
          if (!isIn) found.push(`${name}: ${text.textContent}`);
        }
      }
    }
    return found;
"""


class Page:
    """The drawn page, opened."""

    def __init__(self, driver: webdriver.Chrome, file: Path) -> None:
        self._driver, self._address = driver, file.as_uri()
        self.open("")

    def open(self, address: str) -> None:
        """Open the file at a company's page, with nothing chosen, on a wide screen."""
        self.resize(1440)
        self._driver.get("about:blank")
        self._driver.get(f"{self._address}#{address}")
        self.wait("return document.querySelector('nav [aria-current]') !== null")

    def show(self, file: Path) -> None:
        """Open another file, on a wide screen."""
        self.resize(1440)
        self._driver.get(file.as_uri())

    def follow(self, address: str) -> None:
        """Go on to another page, as a link does, until its charts are drawn."""
        self.run("location.hash = arguments[0]", f"#{address}")
        self.wait(
            f"""const link = document.querySelector("nav [aria-current]");
            return link.hash === "#{address}"
            && [...document.querySelectorAll("{SHOWN} .chart")]
                .every((one) => one.querySelector("svg"))"""
        )

    def run(self, script: str, *values: Any) -> Any:
        return self._driver.execute_script(script, *values)

    def wait(self, script: str) -> None:
        WebDriverWait(self._driver, 30).until(lambda _: self.run(script))

    def texts(self, query: str) -> list[str]:
        """What is seen of the elements of the page that is shown."""
        return list(
            self.run(
                """return [...document.querySelectorAll(arguments[0])]
                    .filter((one) => one.checkVisibility())
                    .map((one) => one.innerText.trim().replaceAll("\u00a0", " "))""",
                f"{SHOWN} {query}",
            )
        )

    def table(self, title: str) -> list[list[str]]:
        """The rows that are seen of the card's table."""
        return list(
            self.run(
                """const cards = document.querySelectorAll(arguments[0] + " .card");
                const plain = (one) => one.innerText.trim().replaceAll("\u00a0", " ");
                const titled = (one) => one.querySelector("h2").textContent;
                const card = [...cards].find((one) => titled(one) === arguments[1]);
                return [...card.querySelectorAll("tbody tr")]
                    .filter((one) => one.checkVisibility())
                    .map((row) => [...row.cells].map((cell) => plain(cell)))
                """,
                *(SHOWN, title),
            )
        )

    def act(self, title: str, query: str, script: str) -> None:
        """Do something with an element of a card; it is called ``one``."""
        self.run(
            f"""const card = [...document.querySelectorAll(arguments[0] + " .card")]
                .find((one) => one.querySelector("h2").textContent === arguments[1]);
            const one = card.querySelector(arguments[2]); {script}""",
            *(SHOWN, title, query),
        )

    def choose(self, slug: str, value: str) -> None:
        """Choose as a hand does: the field tells that it was changed."""
        self.run(
            """const field = document.querySelector(
                `${arguments[0]} .choices [name="${arguments[1]}"]`);
            field.value = arguments[2];
            field.dispatchEvent(new Event("input", { bubbles: true }));""",
            *(SHOWN, slug, value),
        )

    def resize(self, width: int) -> None:
        self._driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )

    def complaints(self) -> list[str]:
        """What the browser had to say of scripts and of what it did not fetch."""
        entries = self._driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [one["message"] for one in entries if one["level"] == "SEVERE"]
