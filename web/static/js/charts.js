/*
 * Draws the tables of a page: each `figure[data-chart]` holds one, and its cells are what the chart shows and says.
 * The only module that knows Chart.js. Colours come from the style sheet, so charts follow light, dark and paper.
 */
import "../vendor/chart.umd.min.js";
import { dayNumber, marks } from "./days.js";
import { say } from "./texts.js";

const { Chart } = globalThis;
const drawn = new Map(); // figure -> its chart and what it shows
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");
let printing = false;

/** Draw every chart within `root` that is not drawn yet, and let go of those that have left the page. */
export function drawCharts(root = document) {
  for (const [figure, { chart }] of drawn) {
    if (figure.isConnected) continue;
    chart.destroy();
    drawn.delete(figure);
  }
  for (const figure of root.querySelectorAll("figure[data-chart]")) if (!drawn.has(figure)) draw(figure);
}

function draw(figure) {
  const table = readTable(figure.querySelector("table"));
  if (!table.rows.length) return;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("chart_label", { title: figure.dataset.title }));
  figure.querySelector(".plot").append(canvas);
  figure.querySelector("details")?.removeAttribute("open");
  const shown = figure.dataset.choose === undefined ? table.series : told(table).slice(0, 1);
  const { width } = canvas.parentElement.getBoundingClientRect();
  const settings = { kind: figure.dataset.chart, fromZero: figure.dataset.floor !== "free", table, shown, width };
  drawn.set(figure, { chart: new Chart(canvas, config(settings, colours())), settings });
  if (figure.dataset.choose !== undefined) offerSeries(figure, settings);
}

/**
 * Return labels and, for each column of figures, its values, their unit and how they are written. Rows that name their
 * day (`data-day`) have a place in time.
 */
function readTable(table) {
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const series = heads.flatMap((head, column) => {
    if (head.dataset.series === undefined) return [];
    const cells = rows.map((row) => row.cells[column]);
    const values = cells.map((cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value)));
    const name = head.dataset.series || head.textContent.trim();
    return [{ name, unit: head.dataset.unit, values, words: cells.map((cell) => cell.textContent.trim()) }];
  });
  const labels = rows.map((row) => row.cells[0].dataset.label ?? row.cells[0].textContent.trim());
  const days = rows[0]?.cells[0].dataset.day && rows.map((row) => dayNumber(row.cells[0].dataset.day));
  return { rows, series, labels, days, head: heads[0].textContent.trim() };
}

/** Return the columns that have anything to show: without weights a volume of nothing is no picture. */
function told({ series }) {
  const some = series.filter((one) => one.values.some((value) => value));
  return some.length ? some : series.slice(0, 1);
}

function offerSeries(figure, settings) {
  const group = document.createElement("div");
  group.className = "segments";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", figure.dataset.title);
  for (const one of told(settings.table)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.name;
    button.setAttribute("aria-pressed", String(one === settings.shown[0]));
    button.addEventListener("click", () => {
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
      settings.shown = [one];
      redraw(drawn.get(figure));
    });
    group.append(button);
  }
  figure.querySelector("figcaption").append(group);
}

function redraw({ chart, settings }) {
  const next = config(settings, colours());
  chart.data = next.data;
  chart.options = next.options;
  chart.update();
}

/** Return the palette of the page, or of paper while it is printed. */
function colours() {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.className = paper.matches || printing ? "on-paper" : "";
  const style = getComputedStyle(probe);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const palette = {
    accent: read("accent"), text: read("text"), muted: read("muted"), line: read("line"), surface: read("surface"),
    font: read("text-font"),
    parts: ["part-1", "part-2", "part-3", "part-4", "part-5", "part-6", "part-7"].map(read),
  };
  probe.remove();
  return palette;
}

function config(settings, palette) {
  const base = settings.kind === "doughnut" ? doughnut(settings, palette) : plot(settings, palette);
  base.options.animation = calm.matches || printing ? false : { duration: 350 };
  base.options.maintainAspectRatio = false;
  base.options.font = { family: palette.font };
  base.options.plugins.tooltip = {
    backgroundColor: palette.text, titleColor: palette.surface, bodyColor: palette.surface, padding: 10, cornerRadius: 10,
    displayColors: false, titleFont: { family: palette.font, size: 13 }, bodyFont: { family: palette.font, size: 15, weight: "600" },
    callbacks: {
      title: ([{ dataIndex }]) => settings.table.labels[dataIndex],
      label: ({ dataset, dataIndex }) => `${dataset.label}: ${dataset.words[dataIndex]}`,
    },
  };
  return base;
}

function plot({ kind, fromZero, table, shown, width }, palette) {
  const few = table.labels.length < 32;
  const placed = ({ values }) => (table.days ? values.map((y, index) => ({ x: table.days[index], y })) : values);
  const datasets = shown.map((one, index) => {
    const colour = index ? palette.parts[index] : palette.accent;
    return {
      label: one.name, data: placed(one), words: one.words, borderColor: colour, spanGaps: true, tension: 0.3,
      cubicInterpolationMode: "monotone", borderWidth: 3, borderDash: index ? [6, 5] : [],
      backgroundColor: kind === "bar" ? colour : faint(colour),
      fill: fromZero && shown.length === 1, borderRadius: 6, maxBarThickness: 40,
      barThickness: table.days && thickness(table.days, width),
      pointRadius: few ? 3.5 : 0, pointHoverRadius: 6, pointHitRadius: 16, pointBackgroundColor: colour,
    };
  });
  const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const font = { family: palette.font, size: 13 };
  return {
    type: kind === "bar" ? "bar" : "line",
    data: { labels: table.labels, datasets },
    options: {
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { display: shown.length > 1, labels: { color: palette.text, font, usePointStyle: true, pointStyle: "line", boxWidth: 28 } } },
      scales: {
        x: across(table, palette, font),
        y: {
          beginAtZero: fromZero, grace: fromZero ? 0 : "30%", grid: { color: palette.line }, border: { display: false },
          title: { display: true, text: unitOf(shown), color: palette.muted, font },
          ticks: {
            color: palette.muted, font, maxTicksLimit: 5, callback: (value) => numbers.format(value),
            precision: shown.some((one) => one.unit) ? undefined : 0, // what is counted has no unit
          },
        },
      },
    },
  };
}

/** Return the axis of rows: one after the other, or each at its day. */
function across({ head, days }, palette, font) {
  const ticks = { color: palette.muted, font, maxRotation: 0, autoSkipPadding: 18 };
  const axis = {
    grid: { display: false }, border: { color: palette.line }, ticks,
    title: { display: true, text: head, color: palette.muted, font },
  };
  if (!days) return axis;
  const room = Math.max(1, (days.at(-1) - days[0]) * 0.03);
  return {
    ...axis, type: "linear", offset: false, min: days[0] - room, max: days.at(-1) + room,
    afterBuildTicks: (scale) => { scale.ticks = marks(scale.min, scale.max, Math.max(2, scale.width / 90)); },
    ticks: { ...ticks, autoSkip: false, callback: (_, index, all) => all[index].words },
  };
}

/** Return how wide a day's bar is, in pixels: days that follow one another touch, and those of years can still be seen. */
function thickness(days, width) {
  const span = days.at(-1) - days[0] + 1;
  return Math.min(24, Math.max(2, (0.7 * width) / span));
}

/** Return what the other axis counts in. */
function unitOf([one, ...others]) {
  const name = one.name.replaceAll("\u00ad", "");
  if (!one.unit) return name;
  return others.length ? one.unit : say("axis", { name, unit: one.unit });
}

function doughnut({ table }, palette) {
  const [one] = table.series;
  const colour = (_, index) => palette.parts[index % palette.parts.length];
  return {
    type: "doughnut",
    data: {
      labels: table.labels,
      datasets: [{ label: one.name, data: one.values, words: one.words, backgroundColor: one.values.map(colour), borderColor: palette.surface, borderWidth: 3, hoverOffset: 6 }],
    },
    options: { cutout: "68%", plugins: { legend: { display: false } } },
  };
}

/** Return a colour of the style sheet, nearly transparent. */
function faint(colour) {
  return /^#[0-9a-f]{6}$/i.test(colour) ? `${colour}24` : colour;
}

function redrawAll() {
  for (const one of drawn.values()) redraw(one);
}

/** On paper a chart is dark on white and its table is open. */
function print(begins) {
  printing = begins;
  redrawAll();
  for (const figure of drawn.keys()) figure.querySelector("details")?.toggleAttribute("open", begins);
}

dark.addEventListener("change", redrawAll);
paper.addEventListener("change", redrawAll);
addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));
drawCharts();
