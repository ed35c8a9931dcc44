/* The receipt of a member who has left; its code stands behind `#`, so that it reaches no log. */
import { ask } from "./kiosk.js";
import { sayKnown, write } from "./texts.js";

const part = (id) => document.getElementById(id);

async function show() {
  const code = decodeURIComponent(location.hash.slice(1));
  try {
    if (!code) throw new Error();
    const receipt = await ask(`/api/departures/${encodeURIComponent(code)}`);
    write(part("name"), receipt.name);
    write(part("at"), new Date(receipt.left_at).toLocaleString());
    for (const [kind, count] of Object.entries(receipt.deleted)) {
      const line = document.createElement("li");
      line.textContent = `${sayKnown("entity", kind)}: ${count}`;
      part("deleted").append(line);
    }
    document.querySelector(`[data-state="${receipt.state}"]`).hidden = false;
    write(part("confirmed"), receipt.confirmed_at ? new Date(receipt.confirmed_at).toLocaleString() : "");
    part("receipt").hidden = false;
  } catch {
    part("none").hidden = false;
  }
}

show();
