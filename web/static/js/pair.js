/* What the QR picture opens: with its code and a member who is signed in, one tap says who trains. */
import { onSend } from "./forms.js";
import { ask } from "./kiosk.js";

const part = (id) => document.getElementById(id);
const form = part("pair");

if (form) {
  const code = form.elements.code;
  code.parentElement.hidden = code.value !== "";
  onSend(form, async (values) => {
    code.parentElement.hidden = false; // in case it has changed meanwhile
    await ask("/api/spot/pair", values).finally(() => sessionStorage.removeItem("code"));
    form.hidden = true;
    part("paired").hidden = false;
  });
}
