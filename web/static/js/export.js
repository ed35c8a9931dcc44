/* Says how many workouts the chosen filters leave; the file itself comes by the form alone. */
import { ask } from "./kiosk.js";
import { sayCounted, write } from "./texts.js";

const form = document.getElementById("choice");
const count = document.getElementById("count");
let asked = 0;

async function tell() {
  const mine = ++asked;
  const chosen = [...new FormData(form)].filter(([name, value]) => value && name !== "format");
  try {
    const { total } = await ask(`/api/history/sessions?${new URLSearchParams([...chosen, ["limit", "1"]])}`);
    if (mine === asked) write(count, sayCounted("export_count", total));
  } catch {
    if (mine === asked) write(count, "");
  }
}

form.addEventListener("change", tell);
write(count, sayCounted("export_count", Number(count.dataset.total)));
