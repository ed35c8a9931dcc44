/* Words come from the server with the page, so that one catalogue serves both. */
const texts = JSON.parse(document.body.dataset.texts);

/** Return a text with its `{marks}` filled in. */
export function say(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (mark, name) => values[name] ?? mark);
}

/** Return the text for one or for many. */
export function sayCounted(key, count) {
  return say(count === 1 ? `${key}_one` : `${key}_many`, { count });
}

/** Return what the agent says in English in the page's language, by a key made of its words; else as it is. */
export function sayKnown(family, words) {
  return texts[`${family}_${words.toLowerCase().replace(/\W+/g, "_")}`] ?? words;
}

/** Return seconds as `0:07`, `12:30` or `1:02:03`. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Return the day and time of an ISO 8601 moment, as the clock stood where it was written, like the server does. */
export function moment(iso) {
  const [date, time] = iso.split("T");
  const [year, month, day] = date.split("-").map(Number);
  const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  const marks = { weekday: texts.weekdays.split(" ")[weekday], day, month: texts.months.split(" ")[month - 1], year };
  return `${texts.date_form.replace(/\{(\w+)\}/g, (_, name) => marks[name])}, ${time.slice(0, 5)}`;
}

/** Return hours and minutes of a moment on this device's clock. */
export function clock(at) {
  return [at.getHours(), at.getMinutes()].map((figure) => String(figure).padStart(2, "0")).join(":");
}

/** Write a text only when it changed: screen readers announce every write. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Write what came of it into an `.answer`, where it is seen on the smallest screen, too. */
export function answer(element, words) {
  write(element, words);
  if (words) element.scrollIntoView({ block: "nearest" });
}
