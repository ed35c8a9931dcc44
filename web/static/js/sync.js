/* The overview of what has reached the cloud: asks every few seconds and counts down to the next try. */
import { ask, keepLooking } from "./kiosk.js";
import { clock, moment, say, write } from "./texts.js";

const part = (id) => document.getElementById(id);
const FIGURES = ["pending", "handed_over", "confirmed", "refused"];
let status = null;
let asOf = new Date();
let stale = false;

function show(newest) {
  [status, asOf] = [newest, new Date()];
  part("sync").dataset.connected = String(status.connected);
  part("sync").dataset.alarm = String(status.alarm);
  write(part("connection"), status.connection);
  for (const key of FIGURES) write(part(key), String(status[key]));
  write(part("attempts"), status.attempts > 1 ? say("attempts", { count: status.attempts }) : "");
  write(part("oldest"), oldest());
  write(part("fetched"), status.fetched_at ? say("fetched", { when: moment(status.fetched_at) }) : "");
  showRefusals(status.refusals);
  tick();
}

/** List what the cloud refused; rows that stay are left alone, for a finger may be on its way to a button. */
function showRefusals(refusals) {
  const list = part("refusal-list");
  const keys = new Set(refusals.map((one) => one.key));
  for (const row of [...list.children]) if (!keys.has(row.dataset.key)) row.remove();
  for (const one of refusals) {
    let row = [...list.children].find((known) => known.dataset.key === one.key);
    if (!row) {
      row = part("refusal-row").content.firstElementChild.cloneNode(true);
      row.dataset.key = one.key;
      list.append(row);
    }
    const kind = say(`kind_${one.entity}`);
    write(row.querySelector("strong"), one.op === "delete" ? say("deletion", { kind }) : kind);
    write(row.querySelector("code"), one.key);
    write(row.querySelector(".reason"), one.reason);
  }
  part("retry-all").hidden = refusals.length < 2;
  part("refusals").hidden = !refusals.length;
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
    badge.title = say(`state_${state}`);
    write(badge.firstElementChild, say(`state_${state}`));
  }
}

function oldest() {
  if (status.oldest_saved_at) return say("oldest", { when: moment(status.oldest_saved_at) });
  return status.confirmed && !status.refused ? say("all_confirmed") : "";
}

function tick() {
  const left = status?.next_try_s == null ? -1 : status.next_try_s - (new Date() - asOf) / 1000;
  write(part("next-try"), left > 0 ? say("next_try", { seconds: Math.ceil(left) }) : "");
}

/** Do what a button asks for, once at a time, and say what came of it. */
async function wish(button, act) {
  button.disabled = true;
  try {
    write(part("answer"), await act());
    await look();
  } catch (error) {
    write(part("answer"), error.message);
  } finally {
    button.disabled = false;
    setTimeout(() => stale || write(part("answer"), ""), 8_000);
  }
}

async function retry() {
  await ask("/api/sync/retry", {});
  return say("trying");
}

async function retryRefused(choice) {
  const { retried } = await ask("/api/sync/retry-refused", choice);
  return say("sent_again", { count: retried });
}

async function look() {
  try {
    const newest = await ask("/api/sync");
    if (status && figures(newest) !== figures(status)) await refreshLatest();
    if (stale) write(part("answer"), "");
    stale = false;
    show(newest);
    return true;
  } catch {
    stale = true;
    write(part("answer"), say("stale", { when: clock(asOf) }));
    return false;
  }
}

part("retry")?.addEventListener("click", (event) => wish(event.currentTarget, retry));
part("retry-all").addEventListener("click", (event) => wish(event.currentTarget, () => retryRefused({})));
part("refusal-list").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) wish(button, () => retryRefused({ key: button.closest("li").dataset.key }));
});
look();
keepLooking(look, { everyMs: 3_000, slowestMs: 15_000 });
setInterval(tick, 500);
