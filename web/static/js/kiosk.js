/* Questions to the kiosk: JSON both ways, never waiting for ever; failures carry words for people. */
import { say } from "./texts.js";

const PATIENCE_MS = 10_000;

/**
 * Return the JSON answer of `path`; with `body` given it is a POST, or what `method` says.
 * Throws an Error whose message can be shown, with the `status` of a refusal. Whoever is signed in no longer is asked to sign in again.
 */
export async function ask(path, body, method = body === undefined ? "GET" : "POST") {
  try {
    const once = () => send(path, body, method);
    const answer = await (method === "GET" ? once() : sendAgain(once));
    if (answer.status === 401) signInAgain();
    const content = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw Object.assign(new Error(refusal(content)), { status: answer.status });
    return content;
  } catch (error) {
    // Only our own message is for people; the browser's would be "Failed to fetch".
    throw error.constructor === Error ? error : new Error(say("unreachable"));
  }
}

/** Return why something was refused: which parts of it are wrong, where that is told, else what the kiosk says of it all. */
function refusal({ detail, errors = [] }) {
  const wrong = errors.map(({ key, message }) => (key && key !== "data" ? `${key}: ${message}` : message));
  return wrong.join("; ") || detail;
}

/** Call `once`, which sends what changes something, and again where only this page's token was out of date. */
export async function sendAgain(once) {
  const answer = await once();
  return answer.status === 403 && (await takeNewToken()) ? once() : answer;
}

async function send(path, body, method) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const headers = { "x-csrf-token": document.body.dataset.csrf };
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    return await fetch(path, { signal: patience.signal, method, headers, body: body && JSON.stringify(body) });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * After a restart of the kiosk a remembered device has a new sign-in, and this page still the token of the old one.
 * Somebody else's sign-in is none for this page: what was typed here would be saved under their name.
 */
async function takeNewToken() {
  const { csrf_token: token, person } = await (await send("/api/session", undefined, "GET")).json();
  const madeFor = document.body.dataset.person;
  if (madeFor && madeFor !== person?.user_id) return false;
  const isNew = token !== "" && token !== document.body.dataset.csrf;
  document.body.dataset.csrf = token;
  return isNew;
}

/** Lead to the sign-in and back, but not away from what is only in this page: `data-keeps` marks its form. */
function signInAgain() {
  if (document.body.dataset.person && !document.querySelector("[data-keeps]")) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Call `look` now and then while the page is seen; sooner after success, later while the kiosk does not answer. */
export function keepLooking(look, { everyMs, slowestMs }) {
  let pause = everyMs;
  async function again() {
    if (!document.hidden) pause = (await look()) ? everyMs : Math.min(pause * 1.5, slowestMs);
    setTimeout(again, pause);
  }
  setTimeout(again, everyMs);
}
