/*
 * What this browser keeps for whoever is signed in, under their name: corrections on their way (`edits`) and a past workout
 * half typed (`draft`). Nobody else gets to see it.
 */
const KINDS = ["edits", "draft"];

/** Return where something is kept for the member of this page. */
export function keyOf(kind, name) {
  return `${kind}:${document.body.dataset.person}:${name}`;
}

/** Forget what somebody else has left behind in this browser. */
export function forgetOthers() {
  forget((key) => !KINDS.some((kind) => key.startsWith(keyOf(kind, ""))));
}

/** Forget what was only typed; corrections still wait for the kiosk. */
export function forgetDrafts() {
  forget((key) => key.startsWith("draft:"));
}

/** Forget everything: for signing out. */
export function forgetAll() {
  forget(() => true);
}

function forget(isMeant) {
  const kept = Object.keys(localStorage).filter((key) => KINDS.some((kind) => key.startsWith(`${kind}:`)));
  for (const key of kept) if (isMeant(key)) localStorage.removeItem(key);
}
