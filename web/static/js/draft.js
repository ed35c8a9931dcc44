/* A past workout that is being typed: kept in this browser, for its member alone, until it is saved, thrown away or signed out of. */
import { keyOf } from "./kept.js";

const KEY = keyOf("draft", "past");
const FIELDS = ["date", "time", "minutes", "notes"];
const SET_FIELDS = ["reps", "weight_kg", "rpe", "hold_s", "kind"];
const { person, units } = document.body.dataset;

/** Keep what stands in the form, as it was typed. `sentAs` is the id under which the kiosk may have it already. */
export function keepDraft(form, sentAs) {
  if (!person) return; // before the kiosk has an owner everybody is the same nobody
  const entries = [...form.querySelectorAll(".entry")].map((entry) => ({
    exercise: entry.querySelector("[name=exercise]").value,
    sets: [...entry.querySelectorAll(".past-sets > li")].map((row) => valuesOf(row, SET_FIELDS)),
  }));
  localStorage.setItem(KEY, JSON.stringify({ fields: valuesOf(form, FIELDS), entries, sentAs, units }));
}

/** Return what was kept, null for nothing. Weights stand in the units of then: in others they would be wrong ones. */
export function readDraft() {
  const kept = JSON.parse(localStorage.getItem(KEY));
  return kept?.units === units ? kept : null;
}

export function dropDraft() {
  localStorage.removeItem(KEY);
}

/** Put values back into the fields of `root`. */
export function fill(root, values) {
  for (const [name, value] of Object.entries(values)) root.querySelector(`[name=${name}]`).value = value;
}

function valuesOf(root, names) {
  return Object.fromEntries(names.map((name) => [name, root.querySelector(`[name=${name}]`).value]));
}
