/* Puts an unnamed workout under the name of whoever is signed in. */
import { ask } from "./kiosk.js";
import { write } from "./texts.js";

const line = document.getElementById("claim");
const button = line.querySelector("button");
button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    await ask(`/api/sessions/${encodeURIComponent(document.getElementById("workout").dataset.session)}/claim`, {});
    location.reload();
  } catch (error) {
    button.disabled = false;
    write(line.querySelector("span"), error.message);
  }
});
