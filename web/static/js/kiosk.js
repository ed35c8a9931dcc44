/* Questions to the kiosk: JSON both ways, never waiting for ever; failures carry words for people. */
import { say } from "./texts.js";

const PATIENCE_MS = 10_000;

/** Return the JSON answer of `path`; with `body` given it is a POST. Throws an Error whose message can be shown. */
export async function ask(path, body) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(path, options(body, patience.signal));
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.detail);
    return content;
  } catch (error) {
    // Only our own message is for people; the browser's would be "Failed to fetch".
    throw error.constructor === Error ? error : new Error(say("unreachable"));
  } finally {
    clearTimeout(timer);
  }
}

function options(body, signal) {
  if (body === undefined) return { signal };
  return { signal, method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
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
