/* Figures that people type: in their own units, with a point or a comma; and exercises by the names they know. */
import { say } from "./texts.js";

const POUND_KG = 0.45359237; // international agreement of 1959

/** Return the number in a text, null for an empty one, NaN for what is none. */
export function typed(text) {
  const plain = text.trim().replace(",", ".");
  if (plain === "") return null;
  return /^\d{1,5}(\.\d{1,3})?$/.test(plain) ? Number(plain) : NaN;
}

/**
 * Return the figure in a field, null for an empty one. Throws, in words for people, what the kiosk would not keep:
 * `data-most` and `data-whole` of the field say what it does.
 */
export function figure(field) {
  const [value, { most, whole }] = [typed(field.value), field.dataset];
  const fault = Number.isNaN(value) ? "not_a_number" : whole !== undefined && value % 1 ? "not_whole" : value > most ? "too_much" : "";
  field.setAttribute("aria-invalid", String(fault !== ""));
  if (fault) throw new Error(say(fault, { text: field.value, most }));
  return value;
}

/** Return kilograms of a weight in the member's unit. */
export function inKilograms(weight) {
  if (weight === null || document.body.dataset.units !== "imperial") return weight;
  return Math.round(weight * POUND_KG * 1000) / 1000;
}

/** Return a weight in the member's unit, with its name. */
export function shownWeight(kg) {
  return `${written(kg)} ${document.body.dataset.units === "imperial" ? "lb" : "kg"}`;
}

/** Return a weight as people type it: no thousands set apart. */
export function plainWeight(kg) {
  return written(kg, { useGrouping: false });
}

function written(kg, options) {
  const weight = document.body.dataset.units === "imperial" ? kg / POUND_KG : kg;
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2, ...options }).format(weight);
}

/** Return the key of an exercise that is suggested by this name, or the name itself. */
export function exerciseKey(name) {
  const wanted = name.trim().toLowerCase();
  const known = [...document.querySelectorAll("#exercise-names option")].find((option) => option.value.toLowerCase() === wanted);
  return known?.dataset.key ?? name.trim();
}
