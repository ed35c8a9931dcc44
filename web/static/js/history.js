/* The history page: filters without loading the page anew, more workouts at its end, and taking back a deletion. */
import { drawCharts } from "./charts.js";
import { forgetOthers } from "./kept.js";
import { ask } from "./kiosk.js";
import { say, write } from "./texts.js";

const part = (id) => document.getElementById(id);
const form = part("filters");
let asked = 0;

/** Return the page at an address as a document; throws what can be shown. */
async function load(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" } }).catch(() => null);
  if (answer?.redirected) location.assign(answer.url); // the sign-in, which leads back
  if (!answer?.ok || answer.redirected) throw new Error(say("load_failed"));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Show what an address holds: only the newest wish counts. */
async function show(address) {
  const mine = ++asked;
  part("results").setAttribute("aria-busy", "true");
  try {
    const page = await load(address);
    if (mine !== asked) return;
    part("results").replaceChildren(...page.getElementById("results").childNodes);
    part("clear").replaceWith(page.getElementById("clear"));
    drawCharts(part("results"));
  } catch (error) {
    if (mine === asked) notice(error.message);
  } finally {
    if (mine === asked) part("results").removeAttribute("aria-busy");
  }
}

function chosen() {
  const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  if (fields.get("sort") === "newest") fields.delete("sort");
  return fields.size ? `/history?${fields}` : "/history";
}

function choose() {
  const address = chosen();
  history.pushState(null, "", address);
  show(address);
}

/** Put the fields as the address says, after going back. */
function follow() {
  const fields = new URLSearchParams(location.search);
  for (const field of form.elements) if (field.name) field.value = fields.get(field.name) ?? (field.name === "sort" ? "newest" : "");
  show(location.href);
}

/** Put the next page's workouts under those that are here. */
async function more(link) {
  link.setAttribute("aria-busy", "true");
  write(link, say("loading"));
  try {
    const page = await load(link.href);
    const added = [...page.querySelectorAll("#workouts > li")];
    part("workouts").append(...added);
    const next = page.querySelector(".pager [rel=next]");
    if (next) link.replaceWith(next);
    else link.remove();
    added[0]?.querySelector("a").focus({ preventScroll: true });
  } catch (error) {
    link.removeAttribute("aria-busy");
    write(link, error.message);
  }
}

async function restore(button) {
  button.disabled = true;
  const line = part("undo");
  try {
    await ask(`/api/sessions/${encodeURIComponent(line.dataset.session)}/restore`, {});
    write(line, say("restored"));
    history.replaceState(null, "", form ? chosen() : "/history");
    await (form ? show(location.href) : location.assign("/history"));
  } catch (error) {
    button.disabled = false;
    notice(error.message);
  }
}

function notice(words) {
  let line = part("notice");
  if (!line) {
    line = document.createElement("p");
    line.id = "notice";
    line.className = "notice";
    line.setAttribute("role", "status");
    document.querySelector(".column").prepend(line);
  }
  write(line, words);
}

forgetOthers();
if (form) {
  form.classList.add("live");
  form.addEventListener("change", choose);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose();
  });
  addEventListener("popstate", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".pager [rel=next], #clear, .results .empty a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.rel === "next") more(link);
    else {
      history.pushState(null, "", link.href);
      follow();
    }
  });
}
const undo = document.querySelector("#undo button");
if (undo) {
  undo.disabled = false;
  undo.addEventListener("click", () => restore(undo));
}
