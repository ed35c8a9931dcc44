/* An axis of days: numbers of days since 1970, and where it has its marks. Local clocks and their changes have no part in it. */
import { say } from "./texts.js";

const DAY_MS = 86_400_000;
const DAY_STEPS = [1, 2, 7, 14];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600];

/** Return the number of an ISO 8601 day. */
export function dayNumber(day) {
  return Date.parse(`${day}T00:00Z`) / DAY_MS;
}

/** Return marks within an axis, at most `most`: every so many days, or the first days of months; each with its words. */
export function marks(first, last, most) {
  const days = DAY_STEPS.find((step) => (last - first) / step < most);
  if (days) return everySoManyDays(Math.ceil(first), last, days);
  for (const step of MONTH_STEPS) {
    const found = firstDays(first, last, step);
    if (found.length <= most) return found;
  }
  return [];
}

function everySoManyDays(first, last, step) {
  const found = [];
  for (let value = first; value <= last; value += step) found.push({ value, words: written("short_date", value) });
  return found;
}

function firstDays(first, last, step) {
  const [found, begin] = [[], new Date(first * DAY_MS)];
  for (let month = 12 * begin.getUTCFullYear() + begin.getUTCMonth(); ; month++) {
    const value = Date.UTC(Math.floor(month / 12), month % 12) / DAY_MS;
    if (value > last) return found;
    if (value >= first && month % step === 0) found.push({ value, words: written("short_month", value) });
  }
}

function written(form, number) {
  const at = new Date(number * DAY_MS);
  const month = say("months").split(" ")[at.getUTCMonth()];
  return say(form, { day: at.getUTCDate(), month, year: at.getUTCFullYear() });
}
