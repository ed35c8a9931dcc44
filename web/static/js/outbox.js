/*
 * Corrections on their way: shown at once, kept in the browser until the kiosk has saved them, sent after a pause in the
 * typing, tried again while the kiosk does not answer or wants a sign-in, and never again once it has refused them.
 */
import { keyOf } from "./kept.js";
import { ask } from "./kiosk.js";

const RETRY_MS = [1_000, 5_000, 15_000];

/** The corrections of one workout. `show(state, error)` is told "waiting", "saved", "retrying", "refused" or "conflict". */
export class Outbox {
  #key;
  #path;
  #show;
  #rev;
  #waiting;
  #sending = null;
  #timer = 0;
  #failures = 0;

  constructor(sessionId, rev, show) {
    this.#key = keyOf("edits", sessionId);
    this.#path = `/api/sessions/${encodeURIComponent(sessionId)}`;
    this.#show = show;
    const kept = JSON.parse(localStorage.getItem(this.#key) ?? "{}");
    // What was changed before a reload goes on from the version that was looked at then; older pages kept changes alone.
    ({ rev: this.#rev, changes: this.#waiting } = kept.changes ? kept : { rev, changes: kept });
    addEventListener("online", () => this.#failures && this.#sendSoon(0));
    if (!this.isEmpty) this.#sendSoon(0);
  }

  get isEmpty() {
    return Object.keys(this.#waiting).length === 0 && this.#sending === null;
  }

  /** What has been changed and is not saved: values by place, such as `1/2/weight_kg`, `1/exercise` and `notes`. */
  get changes() {
    return { ...this.#sending, ...this.#waiting };
  }

  /** Change one value and send it after a pause. */
  put(place, value, pauseMs) {
    this.#waiting[place] = value;
    this.#keep();
    this.#show("waiting");
    this.#sendSoon(pauseMs);
  }

  /** Send what is left once more, over whatever is there now. */
  insist(rev) {
    this.#rev = rev;
    this.#sendSoon(0);
  }

  drop() {
    this.#waiting = {};
    this.#keep();
  }

  /** Nothing of what waits is left to do: it is there already. */
  settle(rev) {
    this.#rev = rev;
    this.#failures = 0;
    this.drop();
    this.#show("saved");
  }

  #keep() {
    const changes = this.changes;
    if (Object.keys(changes).length) localStorage.setItem(this.#key, JSON.stringify({ rev: this.#rev, changes }));
    else localStorage.removeItem(this.#key);
  }

  #sendSoon(pauseMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), pauseMs);
  }

  async #send() {
    if (this.#sending || !Object.keys(this.#waiting).length) return;
    [this.#sending, this.#waiting] = [this.#waiting, {}];
    try {
      const { rev } = await ask(this.#path, { ...asEdit(this.#sending), if_rev: this.#rev }, "PATCH");
      this.#rev = rev;
      this.#failures = 0;
      this.#sending = null;
      this.#keep();
      if (this.isEmpty) this.#show("saved");
    } catch (error) {
      this.#fail(error);
    }
    if (Object.keys(this.#waiting).length && !this.#failures) this.#sendSoon(0);
  }

  #fail(error) {
    const refused = error.status >= 400 && error.status < 500 && error.status !== 401; // whoever signs in again goes on
    if (!refused || error.status === 409) this.#waiting = this.changes;
    this.#sending = null;
    this.#keep();
    if (error.status === 409) {
      this.#failures = 1; // nothing more goes out until somebody has chosen
      this.#show("conflict", error);
    } else if (refused) {
      this.#failures = 0;
      this.#show("refused", error);
    } else {
      this.#sendSoon(RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]);
      this.#show("retrying", error);
    }
  }
}

/** Return changes as the API takes them. */
function asEdit(changes) {
  const [sets, exercises, edit] = [new Map(), [], {}];
  for (const [place, value] of Object.entries(changes)) {
    const [order, number, field] = place.split("/");
    if (number === undefined) edit[place] = value;
    else if (number === "exercise") exercises.push({ order: Number(order), exercise: value });
    else {
      const key = `${order}/${number}`;
      sets.set(key, { ...sets.get(key), exercise: Number(order), number: Number(number), [field]: value });
    }
  }
  return { ...edit, exercises, sets: [...sets.values()] };
}
