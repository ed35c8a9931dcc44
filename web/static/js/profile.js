/* One's own page: what is changed of the profile, devices, sign-out, unnamed workouts, and leaving. */
import { onSend, valuesOf } from "./forms.js";
import { forgetAll } from "./kept.js";
import { ask } from "./kiosk.js";
import { answer, say, write } from "./texts.js";

const POUND_KG = 0.45359237;
const RESTARTS_WITHIN_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 1_000;
const part = (id) => document.getElementById(id);

/** What the page was made with, whatever a browser has filled in since. */
function valuesMade() {
  const made = part("profile").cloneNode(true);
  made.reset();
  return valuesOf(made);
}

/**
 * Return what was changed here, and no more: the rest may have been changed elsewhere, consent taken back above all.
 * The weight was typed in the units that the page was made for, whatever is chosen now.
 */
function changesOf({ coaches = [], ...values }) {
  const { coaches: shared = [], ...known } = before;
  const changes = Object.fromEntries(Object.entries(values).filter(([name, value]) => String(value) !== String(known[name])));
  const { body_weight: weight, planned_days: days, ...rest } = changes;
  const factor = document.body.dataset.units === "imperial" ? POUND_KG : 1;
  if (weight !== undefined) rest.body_weight_kg = weight && weight * factor;
  if (days) rest.planned_days = days.map(Number);
  const switched = [...coaches, ...shared].filter((id) => coaches.includes(id) !== shared.includes(id));
  if (switched.length) rest.coaches = Object.fromEntries(switched.map((id) => [id, coaches.includes(id)]));
  return rest;
}

/** Show consents as they are kept: some may have changed elsewhere. */
function showConsents(profile) {
  for (const input of part("profile").querySelectorAll("[type=checkbox]")) {
    const kept = profile[input.name];
    if (input.name !== "planned_days") input.checked = Array.isArray(kept) ? kept.includes(input.value) : kept;
  }
}

let before = valuesMade();
const { language, units } = before;
onSend(part("profile"), async (values) => {
  const { profile } = await ask("/api/me/profile", changesOf(values), "PATCH");
  showConsents(profile);
  before = valuesOf(part("profile"));
  if (values.language !== language || values.units !== units) location.reload();
  return say("saved_now");
});

if (part("pin-form")) {
  onSend(part("pin-form"), async (values) => {
    await ask("/api/me/pin", values, "PUT");
    part("pin-form").reset();
    return say("pin_changed");
  });
}

/** Of the receipt, 128 bits: chosen here, since the answer that would bring it may be lost after all is deleted. */
const code = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether there is the receipt; a kiosk that does not answer is waited for, it may be starting again. */
async function hasLeft() {
  for (const until = Date.now() + RESTARTS_WITHIN_MS; Date.now() < until; ) {
    try {
      await ask(`/api/departures/${code}`);
      return true;
    } catch (error) {
      if (error.status) return false;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER_MS));
  }
  return false;
}

onSend(part("leave"), async (values) => {
  part("leave").dataset.keeps = ""; // whoever has left and asks again is led to the receipt, not to the sign-in
  try {
    await ask("/api/me/leave", { ...values, code });
  } catch (error) {
    const isRefused = error.status && error.status !== 401 && error.status < 500;
    if (isRefused || !(await hasLeft())) throw error;
  }
  forgetAll();
  location.assign(`/left#${code}`);
});

/** Do what a button in a list asks for; then its line is gone. */
function eachButton(list, act) {
  for (const button of document.querySelectorAll(`${list} button`)) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        write(part("answer"), (await act(button.parentElement.dataset)) ?? "");
        button.parentElement.remove();
      } catch (error) {
        button.disabled = false;
        answer(part("answer"), error.message);
      }
    });
  }
}

/** Say how many older workouts there are still to claim without this one. */
function countOlder(claimed) {
  if (!part("older")) return;
  const left = [...part("older").querySelectorAll("li")].filter((line) => line.dataset.workout !== claimed);
  write(part("older").querySelector("summary"), say("claimable_older", { count: left.length }));
  if (!left.length) part("older").remove();
}

eachButton("[data-device]", async ({ device }) => {
  await ask(`/api/me/devices/${encodeURIComponent(device)}`, undefined, "DELETE");
});
eachButton("[data-workout]", async ({ workout }) => {
  await ask(`/api/sessions/${encodeURIComponent(workout)}/claim`, {});
  countOlder(workout);
  return say("workout_claimed");
});
part("sign-out").addEventListener("click", async () => {
  try {
    await ask("/api/session", undefined, "DELETE");
    forgetAll();
    location.assign("/");
  } catch (error) {
    answer(part("answer"), error.message); // or somebody walks away believing that nobody can see their workouts
  }
});
