/* Figures that people type: in their own units, with a point or a comma; and exercises by the names they know. */
const POUND_KG = 0.45359237; // international agreement of 1959

/** Return the number in a text, null for an empty one, NaN for what is none. */
export function typed(text) {
  const plain = text.trim().replace(",", ".");
  if (plain === "") return null;
  return /^\d{1,5}(\.\d{1,3})?$/.test(plain) ? Number(plain) : NaN;
}

/** Return kilograms of a weight in the member's unit. */
export function inKilograms(weight) {
  if (weight === null || document.body.dataset.units !== "imperial") return weight;
  return Math.round(weight * POUND_KG * 1000) / 1000;
}

/** Return a weight in the member's unit, with its name. */
export function shownWeight(kg) {
  const imperial = document.body.dataset.units === "imperial";
  const figure = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(imperial ? kg / POUND_KG : kg);
  return `${figure} ${imperial ? "lb" : "kg"}`;
}

/** Return the key of an exercise that is suggested by this name, or the name itself. */
export function exerciseKey(name) {
  const wanted = name.trim().toLowerCase();
  const known = [...document.querySelectorAll("#exercise-names option")].find((option) => option.value.toLowerCase() === wanted);
  return known?.dataset.key ?? name.trim();
}
