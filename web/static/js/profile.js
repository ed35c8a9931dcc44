/* One's own page: the profile as a whole, devices, sign-out, unnamed workouts, and leaving. */
import { onSend } from "./forms.js";
import { ask } from "./kiosk.js";
import { forgetAll } from "./outbox.js";
import { say, write } from "./texts.js";

const POUND_KG = 0.45359237;
const part = (id) => document.getElementById(id);

/** The weight was typed in the units that the page was made for, whatever is chosen now. */
function profileOf({ body_weight: weight, planned_days: days, ...rest }) {
  const factor = document.body.dataset.units === "imperial" ? POUND_KG : 1;
  return { ...rest, coaches: rest.coaches ?? [], planned_days: days.map(Number), body_weight_kg: weight && weight * factor };
}

onSend(part("profile"), async (values) => {
  await ask("/api/me/profile", profileOf(values), "PUT");
  if (values.language !== part("profile").dataset.language || values.units !== document.body.dataset.units) location.reload();
  return say("saved_now");
});
part("profile").dataset.language = part("language").value;

if (part("pin-form")) {
  onSend(part("pin-form"), async (values) => {
    await ask("/api/me/pin", values, "PUT");
    part("pin-form").reset();
    return say("pin_changed");
  });
}

onSend(part("leave"), async (values) => {
  const { code } = await ask("/api/me/leave", values);
  location.assign(`/left#${encodeURIComponent(code)}`);
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
        write(part("answer"), error.message);
      }
    });
  }
}

eachButton("[data-device]", async ({ device }) => {
  await ask(`/api/me/devices/${encodeURIComponent(device)}`, undefined, "DELETE");
});
eachButton("[data-workout]", async ({ workout }) => {
  await ask(`/api/sessions/${encodeURIComponent(workout)}/claim`, {});
  return say("workout_claimed");
});
part("sign-out").addEventListener("click", async () => {
  await ask("/api/session", undefined, "DELETE");
  forgetAll();
  location.assign("/");
});
