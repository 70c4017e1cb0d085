"use strict";
// Charts are drawn when their tab is first seen: a hidden box has no width.
function drawCharts(panel) {
  for (const box of panel.querySelectorAll(".chart[data-spec]")) {
    const spec = JSON.parse(box.dataset.spec);
    const options = {
      actions: false,
      renderer: "svg",
      ast: true,
      formatLocale: JSON.parse(box.dataset.locale),
      timeFormatLocale: JSON.parse(panel.dataset.timeLocale),
    };
    box.removeAttribute("data-spec");
    vegaEmbed(box, spec, options);
  }
}

function select(tab) {
  for (const other of tabs) {
    const isChosen = other === tab;
    other.setAttribute("aria-selected", String(isChosen));
    other.tabIndex = isChosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    panel.hidden = !isChosen;
    if (isChosen) drawCharts(panel);
  }
}

const tabs = [...document.querySelectorAll("[role=tab]")];
for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    select(next);
    next.focus();
  });
}
const first = document.querySelector("main.company");
if (tabs.length) select(tabs[0]);
else if (first) drawCharts(first);
