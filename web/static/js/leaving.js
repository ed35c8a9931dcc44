/* At the kiosk's own screen whoever walks away is signed out: after a minute without touch. */
import { forgetAll, forgetDrafts } from "./kept.js";
import { ask } from "./kiosk.js";

const LEFT_ALONE_MS = 60_000;
const TELL_EVERY_MS = 15_000;
let touchedAt = Date.now();
let toldAt = Date.now();

async function leave() {
  forgetDrafts(); // whatever the kiosk answers: the next one stands here
  await ask("/api/session", undefined, "DELETE").then(forgetAll, () => null); // corrections may still wait for an answer
  location.replace("/?kiosk=1");
}

function touched() {
  touchedAt = Date.now();
  if (touchedAt - toldAt < TELL_EVERY_MS) return;
  toldAt = touchedAt;
  ask("/api/session/stay", {}).catch((error) => {
    if (error.status === 401) forgetDrafts(); // signed out already, as by the next workout
    location.replace("/?kiosk=1");
  });
}

for (const kind of ["pointerdown", "keydown", "scroll"]) window.addEventListener(kind, touched, { passive: true });
setInterval(() => Date.now() - touchedAt > LEFT_ALONE_MS && leave(), 1_000);
