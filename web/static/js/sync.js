/* The overview of what has reached the cloud: asks every few seconds and counts down to the next try. */
import { ask, keepLooking } from "./kiosk.js";
import { say, write } from "./texts.js";

const part = (id) => document.getElementById(id);
const FIGURES = ["pending", "handed_over", "confirmed", "refused"];
let status = null;
let asOf = new Date();

function show(newest) {
  [status, asOf] = [newest, new Date()];
  part("sync").dataset.connected = String(status.connected);
  write(part("connection"), status.connection);
  for (const key of FIGURES) write(part(key), String(status[key]));
  write(part("oldest"), oldest());
  write(part("answer"), "");
  tick();
}

function figures(any) {
  return FIGURES.map((key) => any[key]).join();
}

/** Ask again for each listed workout that was not confirmed yet. */
async function refreshLatest() {
  for (const badge of document.querySelectorAll(".badge:not([data-state=confirmed])")) {
    const id = badge.closest("[data-session]").dataset.session;
    const { state } = await ask(`/api/sessions/${encodeURIComponent(id)}/whereabouts`);
    badge.className = `badge ${state}`;
    badge.dataset.state = state;
    write(badge, say(`state_${state}`));
  }
}

function oldest() {
  if (status.oldest_saved_at) return say("oldest", { when: new Date(status.oldest_saved_at).toLocaleString() });
  return status.confirmed && !status.refused ? say("all_confirmed") : "";
}

function tick() {
  const left = status?.next_try_s == null ? -1 : status.next_try_s - (new Date() - asOf) / 1000;
  write(part("next-try"), left > 0 ? say("next_try", { seconds: Math.ceil(left) }) : "");
}

async function look() {
  try {
    const newest = await ask("/api/sync");
    if (status && figures(newest) !== figures(status)) await refreshLatest();
    show(newest);
    return true;
  } catch {
    write(part("answer"), say("stale", { when: asOf.toLocaleTimeString() }));
    return false;
  }
}

look();
keepLooking(look, { everyMs: 3_000, slowestMs: 15_000 });
setInterval(tick, 500);
