/* Who trains at the spot: shown everywhere; on the kiosk's own screen with the picture for phones and a pad to type on. */
import { ask, keepLooking } from "./kiosk.js";
import { say, write } from "./texts.js";

const PICTURE_MS = 20_000;
const part = (id) => document.getElementById(id);
const { me, owner, claimed } = part("trainee").dataset;

/** Show who trains; called with each state of the live stream. */
export function showTrainee(name, kept) {
  part("trainee").hidden = !name;
  write(part("trainee-name"), name ? say(kept ? "trainee_is" : "trainee_unkept", { name }) : "");
  part("untrain").hidden = !(owner || part("spot") || name === me);
  if (part("spot")) part("spot").hidden = Boolean(name);
  if (part("sign-in-here")) part("sign-in-here").hidden = Boolean(name) || !claimed;
}

/** The code in the picture changes often; once the kiosk has an owner the picture says something else. */
async function look() {
  try {
    const spot = await ask("/api/spot");
    if (spot.claimed !== Boolean(claimed)) location.reload();
    part("qr").src = `/api/spot/qr.svg?${Date.now()}`;
    write(part("spot-code"), spot.code);
    return true;
  } catch {
    return false;
  }
}

function openPad() {
  part("here-form").reset();
  write(part("here-answer"), "");
  showPad("letters");
  part("here").showModal();
  part("name").focus();
}

/** Show the letters or the digits. */
function showPad(wanted) {
  for (const pad of document.querySelectorAll("[data-pad]")) pad.hidden = pad.dataset.pad !== wanted;
}

/** The pad types into the field that was touched last. */
function typing() {
  let field = part("name");
  for (const one of [part("name"), part("pin")]) {
    one.addEventListener("focus", () => {
      field = one;
      showPad(one.id === "pin" ? "digits" : "letters");
    });
  }
  part("here-form").addEventListener("click", ({ target }) => {
    const { key, show } = target.dataset;
    if (key) field.value = (field.value + (key === " " || key.length > 1 ? key : cased(field, key))).slice(0, field.maxLength);
    if ("erase" in target.dataset) field.value = field.value.slice(0, -1);
    if (show) showPad(show);
  });
}

function cased(field, letter) {
  return field.id === "name" && (field.value === "" || field.value.endsWith(" ")) ? letter : letter.toLowerCase();
}

async function signInHere(event) {
  event.preventDefault();
  const data = { name: part("name").value.trim(), pin: part("pin").value };
  const wantsHistory = event.submitter?.value === "history";
  try {
    const { csrf_token: token } = await ask(wantsHistory ? "/api/session" : "/api/spot/trainee", data);
    if (token) document.body.dataset.csrf = token;
    part("here").close();
    if (wantsHistory) location.assign("/history");
  } catch (error) {
    part("pin").value = "";
    write(part("here-answer"), error.message);
  }
}

part("untrain").addEventListener("click", async () => {
  try {
    await ask("/api/spot/trainee", undefined, "DELETE");
  } catch (error) {
    write(part("answer"), error.message);
  }
});
if (part("spot")) {
  keepLooking(look, { everyMs: PICTURE_MS, slowestMs: PICTURE_MS });
  part("sign-in-here").addEventListener("click", openPad);
  part("here-form").addEventListener("submit", signInHere);
  typing();
}
