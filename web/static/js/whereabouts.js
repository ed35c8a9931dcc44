/* The session page: looks again until the workout is confirmed. */
import { ask, keepLooking } from "./kiosk.js";
import { showPath } from "./path.js";
import { clock, say, write } from "./texts.js";

const part = (id) => document.getElementById(id);
const where = part("where");
const list = where.querySelector(".path");
let asOf = new Date();

function show(found) {
  where.dataset.state = found.state;
  showPath(list, part("state"), found.state);
  part("refusal").hidden = found.state !== "refused";
  write(part("refusal"), found.state === "refused" ? say("refused_because", { reason: found.reason }) : "");
  write(part("rev"), found.rev);
  write(part("hash"), found.hash);
}

async function look() {
  if (where.dataset.state === "confirmed") return false;
  try {
    show(await ask(`/api/sessions/${encodeURIComponent(where.dataset.session)}/whereabouts`));
    asOf = new Date();
    write(part("answer"), "");
    return true;
  } catch {
    write(part("answer"), say("stale", { when: clock(asOf) }));
    return false;
  }
}

showPath(list, part("state"), where.dataset.state);
keepLooking(look, { everyMs: 2_000, slowestMs: 15_000 });
