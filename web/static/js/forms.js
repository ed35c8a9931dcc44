/* Sends forms as JSON: `data-send` says where to, `data-then` which page comes next. */
import { ask } from "./kiosk.js";
import { answer, write } from "./texts.js";

/** Return what a form holds: switches as true or false, lists of them as lists, empty numbers as null. */
export function valuesOf(form) {
  const values = {};
  for (const input of form.elements) {
    if (!input.name) continue;
    if (input.type === "checkbox" && "list" in input.dataset) {
      values[input.name] ??= [];
      if (input.checked) values[input.name].push(input.value);
    } else if (input.type === "checkbox") values[input.name] = input.checked;
    else if (input.type === "number") values[input.name] = input.value === "" ? null : Number(input.value);
    else values[input.name] = input.value;
  }
  return values;
}

/** Call `act` with what the form holds when it is sent; one at a time, failures are said in the form. */
export function onSend(form, act) {
  const [button, place] = [form.querySelector("[type=submit]"), form.querySelector(".answer")];
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    write(place, "");
    place.classList.remove("good");
    try {
      const said = await act(valuesOf(form));
      place.classList.toggle("good", Boolean(said));
      answer(place, said ?? "");
    } catch (error) {
      form.querySelector("input:invalid, input[type=password]")?.focus();
      answer(place, error.message);
    } finally {
      button.disabled = false;
    }
  });
}

for (const form of document.querySelectorAll("[data-send]")) {
  const [method, path] = form.dataset.send.split(" ");
  onSend(form, async (values) => {
    const content = await ask(path, values, method);
    if (content.csrf_token) document.body.dataset.csrf = content.csrf_token;
    location.assign(form.dataset.then);
  });
}

/* A code that the QR picture has put behind `#` is filled in, and leaves the address at once. */
const code = decodeURIComponent(location.hash.slice(1)) || sessionStorage.getItem("code");
const field = document.querySelector("[name=code]");
if (location.hash && document.body.matches(".claim, .pair, .join")) {
  sessionStorage.setItem("code", code);
  history.replaceState(null, "", location.pathname + location.search);
}
if (code && field && !document.body.matches(".sign-in")) field.value = code;
