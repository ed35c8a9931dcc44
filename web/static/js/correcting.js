/* The workout's page for its member: corrects what was counted or entered, and deletes with the chance to undo. */
import { exerciseKey, figure, inKilograms, plainWeight, shownWeight, typed } from "./figures.js";
import { forgetOthers } from "./kept.js";
import { ask } from "./kiosk.js";
import { Outbox } from "./outbox.js";
import { say, write } from "./texts.js";

const TAP_MS = 500;
const TYPING_MS = 2_000;
const part = (id) => document.getElementById(id);
const workout = part("workout");
const path = `/api/sessions/${encodeURIComponent(workout.dataset.session)}`;

forgetOthers();
const outbox = new Outbox(workout.dataset.session, workout.dataset.rev, showState);
for (const [place, value] of Object.entries(outbox.changes)) putBack(place, value);

/** Return where a field's value belongs, such as `1/2/weight_kg`. */
function placeOf(field) {
  const order = field.closest("[data-order]")?.dataset.order;
  const set = field.closest("[data-set]")?.dataset.set;
  const name = field.name || "reps_full"; // an output has no name
  return [order, set, name].filter((one) => one !== undefined).join("/");
}

function fieldAt(place) {
  const parts = place.split("/");
  if (parts.length === 1) return part(place);
  const entry = document.querySelector(`[data-order="${parts[0]}"]`);
  if (parts.length === 2) return entry?.querySelector("[name=exercise]");
  const set = entry?.querySelector(`[data-set="${parts[1]}"]`);
  return set?.querySelector(parts[2] === "reps_full" ? "output" : `[name=${parts[2]}]`);
}

/** Show a change that was kept in the browser over a reload. */
function putBack(place, value) {
  const field = fieldAt(place);
  if (!field) return;
  if (field.tagName === "OUTPUT") [field.dataset.reps, field.textContent] = [value, value];
  else field.value = place.endsWith("weight_kg") && value !== null ? plainWeight(value) : (value ?? "");
  open(true);
}

function changed(field, pauseMs) {
  try {
    outbox.put(placeOf(field), valueOf(field), pauseMs);
  } catch (error) {
    toast("refused", error.message);
  }
}

function valueOf(field) {
  if (field.name === "weight_kg") return inKilograms(figure(field));
  if (field.name === "rpe") return typed(field.value);
  if (field.name === "exercise") return exerciseKey(field.value);
  return field.value.trim() === "" ? null : field.value;
}

function step(button) {
  const output = button.parentElement.querySelector("output");
  const reps = Math.min(1000, Math.max(0, Number(output.dataset.reps) + Number(button.dataset.step)));
  [output.dataset.reps, output.textContent] = [reps, reps];
  outbox.put(placeOf(output), reps, TAP_MS);
}

function toast(state, words) {
  const line = part("saving");
  line.hidden = false;
  line.dataset.state = state;
  write(line, words);
  clearTimeout(toast.timer);
  if (state === "saved") toast.timer = setTimeout(() => (line.hidden = true), 2_500);
}

function showState(state, error) {
  if (state === "conflict") return void showConflict();
  toast(state, state === "refused" ? say("edit_refused", { reason: error.message }) : say(`edit_${state}`));
  if (state === "saved" || state === "refused") refresh();
}

/** Bring the figures of the page up to date; the fields are left alone, for somebody may be typing. */
async function refresh() {
  const answer = await fetch(location.pathname, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const element of document.querySelectorAll("[data-fresh]")) {
    const newest = page.querySelector(`[data-fresh="${element.dataset.fresh}"]`);
    if (newest && newest.innerHTML !== element.innerHTML) element.replaceWith(newest);
  }
  part("where").dataset.state = page.getElementById("where").dataset.state;
}

/** Tell what has changed meanwhile beside what was wanted here, and let the member choose. */
async function showConflict() {
  const [session, where] = await Promise.all([ask(path), ask(`${path}/whereabouts`)]);
  const lines = Object.entries(outbox.changes).flatMap(([place, mine]) => difference(session, place, mine));
  if (!lines.length) return void outbox.settle(where.rev); // ours was saved, and only the answer was lost
  part("saving").hidden = true;
  part("conflict-list").replaceChildren(...lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
  workout.dataset.rev = where.rev;
  part("conflict").hidden = false;
  part("keep-mine").focus();
}

function difference(session, place, mine) {
  const [order, number, field] = place.split("/");
  if (number === undefined) return session[place] === mine ? [] : [say(`conflict_${place}`, { theirs: session[place] ?? say("nothing") })];
  const entry = session.exercises.find((one) => String(one.order) === order);
  if (number === "exercise") return entry.exercise === mine ? [] : [say("conflict_exercise", { theirs: entry.name, mine })];
  const theirs = entry.sets.find((one) => String(one.number) === number)[field] ?? null;
  const shown = (value) => (value === null ? say("nothing") : field === "weight_kg" ? shownWeight(value) : String(value));
  return theirs === mine ? [] : [say(`conflict_${field}`, { number, theirs: shown(theirs), mine: shown(mine) })];
}

function open(editing) {
  part("correct").setAttribute("aria-pressed", String(editing));
  for (const element of document.querySelectorAll(".edit")) element.hidden = !editing;
}

async function remove(button) {
  button.disabled = true;
  try {
    await ask(path, undefined, "DELETE");
    outbox.drop();
    location.assign(`/history?deleted=${encodeURIComponent(workout.dataset.session)}`);
  } catch (error) {
    button.disabled = false;
    toast("refused", error.message);
  }
}

part("correct").addEventListener("click", (event) => open(event.currentTarget.getAttribute("aria-pressed") !== "true"));
part("delete").addEventListener("click", (event) => remove(event.currentTarget));
part("keep-mine").addEventListener("click", () => {
  part("conflict").hidden = true;
  outbox.insist(workout.dataset.rev);
});
part("take-theirs").addEventListener("click", () => {
  outbox.drop();
  location.reload();
});
workout.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (button) step(button);
});
workout.addEventListener("input", (event) => {
  if (event.target.matches("input:not([name=exercise]), textarea")) changed(event.target, TYPING_MS);
});
workout.addEventListener("change", (event) => {
  if (event.target.matches("select, input, textarea")) changed(event.target, TAP_MS);
});
