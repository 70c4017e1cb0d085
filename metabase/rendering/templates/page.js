"use strict";
// In a block of their own: the chart library has names of one and two letters.
{
const all = (root, query) => [...root.querySelectorAll(query)];

// A chart is drawn when its page is first seen: a hidden box has no width.
function drawChart(box, spec, locale) {
  const company = box.closest("main.company");
  vegaEmbed(box, spec, {
    actions: false,
    renderer: "svg",
    ast: true,
    formatLocale: locale,
    timeFormatLocale: JSON.parse(company.dataset.timeLocale),
  });
}

// Specifications by card: a chosen value brings other points to the same chart.
const specs = new WeakMap();

function drawCharts(page) {
  for (const box of all(page, ".chart[data-spec]")) {
    const spec = JSON.parse(box.dataset.spec);
    const locale = JSON.parse(box.dataset.locale);
    specs.set(box.closest(".card"), { spec, locale });
    box.removeAttribute("data-spec");
    drawChart(box, spec, locale);
  }
  for (const box of all(page, ".chart[data-points]")) {
    const known = specs.get(box.closest(".card"));
    if (!known) continue;
    const spec = structuredClone(known.spec);
    for (const name of Object.keys(spec.datasets)) {
      spec.datasets[name] = JSON.parse(box.dataset.points);
    }
    box.removeAttribute("data-points");
    drawChart(box, spec, known.locale);
  }
}

// A window that is narrow stacks its cards: there a table is scrolled.
function fitTables(page) {
  for (const row of all(page, ".grid")) row.classList.remove("stacked");
  for (const card of all(page, ".card:has(.scroll)")) {
    card.classList.remove("dense");
    if (isNarrow.matches) continue;
    const scroll = card.querySelector(".scroll");
    const isCut = () => scroll.scrollWidth > scroll.clientWidth + 1;
    if (isCut()) card.classList.add("dense");
    if (isCut() && card.classList.contains("table")) {
      card.closest(".grid").classList.add("stacked");
    }
  }
}

// Addresses: #company/page?parameter=value
function go() {
  const [path, query] = decodeURIComponent(location.hash.slice(1)).split(/\?(.*)/s);
  // No id: the browser would scroll to it, under the menu of a phone.
  const address = `[data-address="${CSS.escape(path)}"]`;
  const page = document.querySelector(address) ?? opening(path.split("/")[0]);
  // A report has one page, without a menu.
  if (!page) return all(document, "main.company").forEach(drawCharts);
  const company = page.closest("main.company");
  for (const other of all(document, "main.company")) other.hidden = other !== company;
  for (const other of all(company, "section.dashboard")) other.hidden = other !== page;
  const id = company.id.slice("company-".length);
  for (const list of all(document, "nav ul")) list.hidden = list.dataset.company !== id;
  for (const link of all(document, "nav a")) {
    const isHere = decodeURIComponent(link.hash) === `#${page.dataset.address}`;
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const picker = document.getElementById("company");
  if (picker) picker.value = id;
  fitTables(page);
  drawCharts(page);
  if (page.isOutgrown) {
    page.isOutgrown = false;
    dispatchEvent(new Event("resize"));
  }
  if (query) {
    const [slug, value] = query.split(/=(.*)/s);
    const field = page.querySelector(`.choices [name="${CSS.escape(slug)}"]`);
    if (field) {
      field.value = value;
      choose(page, slug, value);
    }
  }
  if (isOnTop.matches) document.querySelector("nav details").open = false;
  scrollTo(0, 0);
}

function opening(company) {
  const chosen = document.getElementById(`company-${company}`);
  const shown = chosen ?? document.querySelector("main.company:not([hidden])");
  return shown?.querySelector("section.dashboard") ?? null;
}

// Puts what the cards say for a value in place of what they said; "" is no choice.
function choose(page, slug, value) {
  for (const card of all(page, ".card")) {
    const own = all(card, ":scope > template").filter((one) => one.dataset.slug === slug);
    if (!own.length) continue;
    const body = card.querySelector(":scope > .body");
    if (!card.unchosen) card.unchosen = body;
    const found = own.find((one) => one.dataset.value === value);
    if (!found) {
      body.replaceWith(card.unchosen);
      continue;
    }
    const fresh = document.createElement("div");
    fresh.className = "body";
    fresh.append(found.content.cloneNode(true));
    body.replaceWith(fresh);
    useTables(fresh);
  }
  fitTables(page);
  drawCharts(page);
}

function useChoices(form) {
  const page = form.closest("section.dashboard");
  const unchosen = all(form, "output").map((output) => [output, output.textContent]);
  form.addEventListener("input", ({ target }) => {
    if (target.type !== "range") return choose(page, target.name, target.value);
    const at = Number(target.value);
    target.nextElementSibling.textContent = JSON.parse(target.dataset.written)[at];
    choose(page, target.name, JSON.parse(target.dataset.values)[at]);
  });
  form.addEventListener("reset", () => {
    for (const [output, text] of unchosen) output.textContent = text;
    for (const field of form.elements) if (field.name) choose(page, field.name, "");
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function sortRows(header) {
  const table = header.closest("table");
  const column = header.cellIndex;
  const isUp = header.getAttribute("aria-sort") === "descending";
  for (const other of all(table, "th")) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", isUp ? "ascending" : "descending");
  const rows = all(table, "tbody tr").map((row) => {
    const cell = row.cells[column];
    const key = cell.dataset.order ?? null;
    const number = key !== null && key !== "" ? Number(key) : NaN;
    return { row, text: key ?? cell.textContent.trim(), number, lacks: cell.textContent.trim() === "—" };
  });
  const turn = isUp ? 1 : -1;
  rows.sort((one, two) => {
    // What has no value stands last, whichever way.
    if (one.lacks !== two.lacks) return one.lacks ? 1 : -1;
    const areNumbers = !Number.isNaN(one.number) && !Number.isNaN(two.number);
    return turn * (areNumbers ? one.number - two.number : one.text.localeCompare(two.text));
  });
  const shown = all(table, "tbody tr:not(.later)").length;
  for (const [index, { row }] of rows.entries()) {
    row.classList.toggle("later", index >= shown);
    row.parentElement.append(row);
  }
}

// As a spreadsheet of the page's language reads it. A text that begins as a formula does
// is told to be none.
function written(cell) {
  const number = cell.dataset.order;
  if (cell.classList.contains("right") && number && !Number.isNaN(Number(number))) {
    return isSpanish ? number.replace(".", ",") : number;
  }
  const text = (cell.querySelector("[title]")?.title ?? cell.innerText).trim();
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function save(button) {
  const table = button.parentElement.querySelector("table");
  const rows = all(table, "tbody tr").filter((row) => !row.hidden);
  const cells = [
    all(table, "th").map((one) => one.textContent.trim()),
    ...rows.map((row) => [...row.cells].map(written)),
  ];
  const quoted = cells.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`));
  const lines = quoted.map((row) => row.join(isSpanish ? ";" : ","));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"]));
  link.download = `${button.dataset.name.replace(/[^\p{L}\p{N}]+/gu, " ").trim()}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function useTables(root) {
  for (const button of all(root, "button.save")) {
    button.addEventListener("click", () => save(button));
  }
  for (const button of all(root, "th button")) {
    button.addEventListener("click", () => sortRows(button.closest("th")));
  }
  for (const more of all(root, "button.all")) {
    more.addEventListener("click", () => {
      for (const row of all(more.parentElement, "tr.later")) row.classList.remove("later");
      more.remove();
    });
  }
  for (const field of all(root, "input.find")) {
    const scroll = field.nextElementSibling;
    field.addEventListener("input", () => {
      const sought = plain(field.value.trim());
      scroll.classList.toggle("found", sought !== "");
      for (const row of all(scroll, "tbody tr")) {
        const whole = all(row, "[title]").map((one) => one.title).join(" ");
        row.hidden = sought !== "" && !plain(`${row.textContent} ${whole}`).includes(sought);
      }
    });
  }
}

const isSpanish = document.documentElement.lang === "es";
const isNarrow = matchMedia("(max-width: 800px)");
const isOnTop = matchMedia("(max-width: 1100px)");
document.getElementById("company")?.addEventListener("change", ({ target }) => {
  location.hash = `#${target.value}/`;
});
// The menu that a narrow window closed has no button on a wide one.
isOnTop.addEventListener("change", () => {
  document.querySelector("nav details").open = !isOnTop.matches;
});
for (const form of all(document, "form.choices")) useChoices(form);
useTables(document);
addEventListener("hashchange", go);
addEventListener("resize", () => {
  for (const page of all(document, "section.dashboard")) {
    // Its charts now have the width of a hidden box: none.
    if (page.hidden || page.closest("main").hidden) page.isOutgrown = true;
    else fitTables(page);
  }
});
go();
}
