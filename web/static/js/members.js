/* The owner's list of members: another role, and a code for a new PIN. */
import { ask } from "./kiosk.js";
import { answer, say, write } from "./texts.js";

const part = (id) => document.getElementById(id);
const path = (row, what) => `/api/members/${encodeURIComponent(row.dataset.user)}/${what}`;

async function changeRole(choice) {
  const row = choice.closest("[data-user]");
  try {
    await ask(path(row, "role"), { role: choice.value }, "PUT");
    choice.dataset.role = choice.value;
    write(part("answer"), say("role_changed", { name: row.dataset.name }));
  } catch (error) {
    choice.value = choice.dataset.role;
    answer(part("answer"), error.message);
  }
}

async function showCode(row) {
  try {
    const { code } = await ask(path(row, "reset-code"), {});
    write(part("reset-title"), part("reset-title").dataset.title.replace("{name}", row.dataset.name));
    write(part("reset-code"), code);
    part("reset").showModal();
  } catch (error) {
    answer(part("answer"), error.message);
  }
}

for (const choice of document.querySelectorAll("[data-role]")) {
  choice.addEventListener("change", () => changeRole(choice));
}
for (const button of document.querySelectorAll("[data-reset]")) {
  button.addEventListener("click", () => showCode(button.closest("[data-user]")));
}
