/* Bringing workouts in: files are looked through first, and taken in once somebody has seen what they hold. */
import { ask, sendAgain } from "./kiosk.js";
import { answer, say, sayCounted, write } from "./texts.js";

const part = (id) => document.getElementById(id);
const OUTCOMES = ["new", "known", "changed", "refused"];
const LOOK_EVERY_MS = 400;
const MOST_MISSED = 10;
let chosen = [];

/** Send a file, telling how much of it has gone; returns the report so far. */
async function send(file, isDry, onProgress) {
  const { status, content } = await sendAgain(() => upload(file, isDry, onProgress));
  if (status < 300 && content) return content;
  throw new Error(content?.detail ?? say("unreachable"));
}

function upload(file, isDry, onProgress) {
  const query = new URLSearchParams({ name: file.name, format: part("format").value, dry_run: isDry });
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/imports?${query}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-csrf-token", document.body.dataset.csrf);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("load", () => resolve({ status: request.status, content: parsed(request.responseText) }));
    request.addEventListener("error", () => reject(new Error(say("unreachable"))));
    request.send(file);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Follow an import to its end; it goes on while a phone is out of reach for a moment. */
async function follow(report, onReport) {
  for (let missed = 0; report.state === "running"; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS * (1 + missed)));
    try {
      report = await ask(`/api/imports/${encodeURIComponent(report.import_id)}`);
      missed = 0;
      onReport(report);
    } catch (error) {
      if (error.status || ++missed > MOST_MISSED) throw error;
    }
  }
  return report;
}

/** Read or take in all chosen files, one after the other, and show the report of all together. */
async function run(isDry) {
  const reports = [];
  const refusals = new Set();
  hideAll();
  part("progress").hidden = false;
  part("choice").hidden = true;
  for (const file of chosen) {
    try {
      reports.push(await runOne(file, isDry));
    } catch (error) {
      refusals.add(error.message);
    }
  }
  part("progress").hidden = true;
  part("choice").hidden = false;
  if (reports.length) show(reports, isDry);
  answer(part("answer"), [...refusals, part("answer").textContent].filter(Boolean).join(" "));
}

async function runOne(file, isDry) {
  const name = file.name;
  progress(say("import_sending", { name }), 0, 0);
  if (file.size > part("choice").dataset.mostMb * 1e6) throw new Error(say("import_too_large", { name }));
  const begun = await send(file, isDry, (done, total) => progress(say("import_sending", { name }), done, total));
  return follow(begun, (report) => {
    const words = report.total ? { name, done: report.done, total: report.total } : { name };
    const doing = isDry ? "import_looking" : "import_taking";
    progress(say(report.total ? doing : "import_reading", words), report.done, report.total);
  });
}

/** A bar without a total moves to and fro. */
function progress(words, done, total) {
  write(part("progress-title"), words);
  if (!total) return part("bar").removeAttribute("value");
  part("bar").max = total;
  part("bar").value = done;
}

function show(reports, isDry) {
  const sum = (key) => reports.reduce((all, one) => all + one[key], 0);
  for (const key of OUTCOMES) {
    const figure = document.querySelector(`[data-count=${key}]`);
    write(figure, String(sum(key)));
    figure.parentElement.toggleAttribute("data-none", !sum(key));
  }
  const fresh = sum("new");
  const trouble = reports.map((one) => one.trouble).filter(Boolean);
  write(part("answer"), trouble.map((words) => say("import_trouble", { words })).join(" "));
  write(part("report-title"), isDry ? say("import_found") : sayCounted("import_done", fresh));
  const reasons = [isDry && fresh && "import_explain", sum("known") && "import_explain_known", sum("changed") && "import_explain_changed"];
  write(part("explained"), reasons.filter(Boolean).map((key) => say(key)).join(" "));
  write(part("take"), sayCounted("import_take", fresh));
  part("take").hidden = !isDry || !fresh || trouble.length > 0;
  part("history").hidden = isDry || !(fresh + sum("known"));
  showRows(reports.flatMap((one) => one.rows));
  const told = reports.reduce((all, one) => all + one.rows.length, 0);
  write(part("more"), sum("done") > told ? say("import_more", { count: sum("done") - told }) : "");
  part("choice").hidden = true;
  part("report").hidden = false;
  part("report-title").focus();
}

function showRows(rows) {
  const body = part("rows");
  body.replaceChildren(...rows.map(asRow));
  body.closest(".scroll").hidden = !rows.length;
}

function asRow(row) {
  const line = document.createElement("tr");
  const outcome = cell(line, say(`import_is_${row.outcome}`));
  outcome.className = `outcome ${row.outcome}`;
  small(cell(line, [moment(row.start_time), row.title].filter(Boolean).join(" · ")), row.where);
  cell(line, row.sets || "").dataset.unit = row.sets ? sayCounted("import_unit_set", row.sets) : "";
  cell(line, row.reps || "").dataset.unit = row.reps ? sayCounted("import_unit_rep", row.reps) : "";
  cell(line, row.reason);
  return line;
}

/** Return when a workout began by the clock where it was done. */
function moment(iso) {
  const { lang } = document.documentElement;
  const locale = navigator.language.startsWith(lang) ? navigator.language : lang;
  return iso ? new Date(iso.slice(0, 19)).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" }) : "";
}

function cell(line, text) {
  const made = document.createElement("td");
  made.textContent = text;
  line.append(made);
  return made;
}

function small(place, text) {
  const made = document.createElement("small");
  made.textContent = text;
  place.append(made);
}

function hideAll() {
  write(part("answer"), "");
  part("report").hidden = true;
  part("choice").hidden = false;
}

function choose(files) {
  chosen = [...files];
  if (chosen.length) run(true);
}

function dropped(event) {
  event.preventDefault();
  part("drop").classList.remove("over");
  choose(event.dataTransfer.files);
}

if (part("choice")) {
  part("files").addEventListener("change", (event) => choose(event.target.files));
  part("format").addEventListener("change", () => chosen.length && run(true));
  part("take").addEventListener("click", () => run(false));
  part("again").addEventListener("click", () => {
    hideAll();
    part("files").value = "";
    part("files").focus();
  });
  part("choice").addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ["dragenter", "dragover"])
    part("drop").addEventListener(kind, (event) => {
      event.preventDefault();
      part("drop").classList.add("over");
    });
  part("drop").addEventListener("dragleave", () => part("drop").classList.remove("over"));
  part("drop").addEventListener("drop", dropped);
  // A file dropped beside the field would replace the page.
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
}
