/* The three steps of a workout: saved here, handed over, confirmed. */
import { say, write } from "./texts.js";

const STEPS = ["saved", "handed_over", "confirmed"];

/**
 * Mark in `list` how far a workout has come, and say it in `words` for those who do not see the marks.
 * A refused one was handed over and is not waiting for anything.
 */
export function showPath(list, words, state) {
  write(words, say(`state_${state}`));
  const reached = state === "refused" ? 1 : STEPS.indexOf(state);
  for (const item of list.children) {
    const step = STEPS.indexOf(item.dataset.step);
    item.classList.toggle("done", step <= reached);
    item.classList.toggle("next", step === reached + 1 && state !== "refused");
    if (step === reached) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}
