/* The form for a past workout: exercises and their sets, each new set like the one before. What is typed outlives a reload. */
import { dropDraft, fill, keepDraft, readDraft } from "./draft.js";
import { exerciseKey, figure, inKilograms, shownWeight } from "./figures.js";
import { forgetOthers } from "./kept.js";
import { ask } from "./kiosk.js";
import { answer, say, write } from "./texts.js";

const part = (id) => document.getElementById(id);
const form = part("past");
forgetOthers();
const draft = readDraft();
let sentAs = draft?.sentAs; // the same id when a lost answer makes us send it again, also after a reload
let isSaved = false;

/** Return a UUID of version 7 (RFC 9562); `crypto.randomUUID` is not there over plain HTTP. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let index = 5; index >= 0; index--, now = Math.floor(now / 256)) bytes[index] = now % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function addEntry() {
  const entry = part("entry").content.firstElementChild.cloneNode(true);
  part("entries").append(entry);
  addSet(entry);
  return entry;
}

function addSet(entry) {
  const list = entry.querySelector(".past-sets");
  const set = part("set").content.firstElementChild.cloneNode(true);
  const before = list.lastElementChild;
  if (before) for (const name of ["reps", "weight_kg", "hold_s", "kind"]) set.querySelector(`[name=${name}]`).value = before.querySelector(`[name=${name}]`).value;
  list.append(set);
  return set;
}

/** Tell what was done the last time, as a reminder and something to beat. */
async function showPrevious(entry) {
  const line = entry.querySelector(".previous");
  const key = exerciseKey(entry.querySelector("[name=exercise]").value);
  write(line, "");
  if (!key) return;
  const found = await ask(`/api/history/exercises/${encodeURIComponent(key)}`).catch(() => null);
  if (!found?.previous) return;
  const sets = found.previous.sets.map((one) => {
    const done = one.hold_s ? `${Math.floor(one.hold_s)} s` : String(one.reps);
    return one.weight_kg === null ? done : `${shownWeight(one.weight_kg)} × ${done}`;
  });
  write(line, say("last_time", { sets: sets.join(", ") }));
}

function putBack({ fields, entries }) {
  fill(form, fields);
  for (const { exercise, sets } of entries) {
    const entry = addEntry();
    fill(entry, { exercise });
    sets.forEach((values, index) => fill(index ? addSet(entry) : entry.querySelector(".past-sets > li"), values));
    showPrevious(entry);
  }
  part("draft").hidden = false;
}

function keep() {
  if (!isSaved) keepDraft(form, sentAs);
}

function told() {
  const exercises = [...document.querySelectorAll(".entry")].map((entry) => ({
    exercise: exerciseKey(entry.querySelector("[name=exercise]").value),
    sets: [...entry.querySelectorAll(".past-sets > li")].map(toldSet).filter((one) => one !== null),
  }));
  const done = exercises.filter((one) => one.exercise);
  if (!done.length || done.some((one) => !one.sets.length)) throw new Error(say("add_nothing"));
  const fields = form.elements;
  return {
    start_time: `${fields.date.value}T${fields.time.value}:00`,
    duration_s: (figure(fields.minutes) ?? 0) * 60,
    exercises: done,
    notes: fields.notes.value.trim() || null,
  };
}

/** Return a set, null for an empty row. What was only half typed is not left out without a word. */
function toldSet(row) {
  const field = (name) => row.querySelector(`[name=${name}]`);
  const set = {
    kind: field("kind").value,
    reps_full: figure(field("reps")) ?? 0,
    hold_s: figure(field("hold_s")) || null,
    weight_kg: inKilograms(figure(field("weight_kg"))),
    rpe: figure(field("rpe")),
  };
  if (set.reps_full || set.hold_s) return set;
  if (set.weight_kg !== null || set.rpe !== null) throw new Error(say("add_no_reps"));
  return null;
}

async function save(event) {
  event.preventDefault();
  part("save").disabled = true;
  write(part("answer"), "");
  try {
    const workout = told();
    sentAs ??= newId();
    keep();
    const session = await ask("/api/sessions", { workout, session_id: sentAs });
    isSaved = true;
    dropDraft();
    location.assign(`/sessions/${encodeURIComponent(session.session_id)}`);
  } catch (error) {
    answer(part("answer"), error.message);
    part("sign-in").hidden = error.status !== 401; // in another tab, for all that was typed is only here
    part("save").disabled = false;
  }
}

form.addEventListener("submit", save);
form.addEventListener("change", (event) => {
  if (event.target.name === "exercise") showPrevious(event.target.closest(".entry"));
});
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const entry = button?.closest(".entry");
  if (button?.dataset.add) addSet(entry).querySelector("input").focus();
  else if (button?.dataset.remove === "entry") entry.remove();
  else if (button?.dataset.remove === "set" && entry.querySelectorAll(".past-sets > li").length > 1) button.closest("li").remove();
});
part("add-exercise").addEventListener("click", () => addEntry().querySelector("input").focus());
form.addEventListener("input", keep);
form.addEventListener("click", (event) => event.target.closest("button[type=button]") && keep());
part("start-over").addEventListener("click", () => {
  dropDraft();
  location.assign(location.pathname); // a reload would have some browsers fill the fields in again
});

const now = new Date();
const two = (figure) => String(figure).padStart(2, "0");
form.elements.date.value = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
form.elements.time.value = `${two(now.getHours())}:${two(now.getMinutes())}`;
if (draft) putBack(draft);
else addEntry();
