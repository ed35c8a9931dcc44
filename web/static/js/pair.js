/* What the QR picture opens: with its code and a member who is signed in, one tap says who trains. */
import { onSend } from "./forms.js";
import { ask } from "./kiosk.js";

const part = (id) => document.getElementById(id);
const form = part("pair");

if (form) {
  const hasCode = form.elements.code.value !== "";
  form.hidden = !hasCode;
  part("no-code").hidden = hasCode;
  onSend(form, async (values) => {
    await ask("/api/spot/pair", values);
    sessionStorage.removeItem("code");
    form.hidden = true;
    part("paired").hidden = false;
  });
}
