/* The live page: shows what the stream says, ticks the timers between its events, and sends two wishes. */
import { ask } from "./kiosk.js";
import { showPath } from "./path.js";
import { skeletonOn } from "./skeleton.js";
import { showTrainee } from "./spot.js";
import { follow } from "./stream.js";
import { duration, say, sayCounted, sayKnown, write } from "./texts.js";

const part = (id) => document.getElementById(id);
const training = part("training");
const drawPose = skeletonOn(part("skeleton"));

let state = null;
let stateAt = 0; // when the state came, on the page's own clock
let someone = false;
let lost = false;
let busy = false;

function showState(newest) {
  const more = state !== null && newest.reps > state.reps;
  [state, stateAt] = [newest, performance.now()];
  training.dataset.phase = state.phase;
  write(part("exercise-name"), exerciseName() || say("which_exercise"));
  part("automatic").hidden = !state.automatic || !state.exercise;
  showTrainee(state.trainee, state.kept);
  showCount();
  if (more) bump(part("reps"));
  write(part("phase"), say(`phase_${state.phase}`, { number: state.set_number }));
  write(part("total"), total());
  part("partial").parentElement.hidden = state.hold_s !== null;
  write(part("partial"), String(state.partial_reps));
  write(part("cue"), sayKnown("cue", state.cue));
  write(part("advice"), state.advice === "" ? "" : say(`advice_${state.advice}`));
  write(part("sight"), state.sight === null ? "" : sightWords(state.sight));
  showHealth();
  showLast();
  showHint();
  tick();
  enable();
}

/** Names are in the reader's language on the buttons of the chooser; others keep their own. */
function exerciseName() {
  const button = document.querySelector(`[data-exercise="${CSS.escape(state.exercise)}"]`);
  return state.exercise && button ? button.textContent : state.exercise_name;
}

/* Seconds of what is held are not announced: each would interrupt the one before. */
function showCount() {
  const held = state.hold_s !== null;
  const count = held ? state.hold_s : state.reps;
  const board = part("reps").parentElement;
  board.setAttribute("aria-live", held ? "off" : "polite");
  board.dataset.digits = String(count).length;
  write(part("reps"), String(count));
  write(part("reps-word"), held ? sayCounted("second", count) : sayCounted("rep", count));
}

function total() {
  const reps = sayCounted("total", state.session_reps);
  if (!state.session_hold_s) return reps;
  const held = say("total_held", { count: state.session_hold_s });
  return state.session_reps ? `${reps}, ${held}` : held;
}

/** What the camera can tell from where it stands, so that nobody expects more of it. */
function sightWords(sight) {
  const words = [];
  if (sight.recordings) words.push(say("sight_counted", { right: sight.within_one, count: sight.recordings }));
  else if (sight.range) words.push(say("sight_uncounted"));
  if (sight.range) words.push(say(`sight_range_${sight.range}`));
  if (sight.depth_hidden) words.push(say("sight_depth_hidden"));
  return words.length ? `${say(`sight_${sight.view}`)}: ${words.join(", ")}` : "";
}

function showHealth() {
  const vision = part("vision");
  vision.dataset.state = state.vision;
  const detail = state.vision_detail || say("vision_no_detail");
  write(vision, say(`vision_${state.vision}`, { detail, fps: Math.round(state.fps) }));
  write(part("cloud"), state.sync);
  write(part("trouble"), state.trouble);
}

function showLast() {
  const shown = state.last_session_id !== null && state.last_session_state !== null && state.session_id === null;
  part("last").hidden = !shown;
  if (!shown) return;
  showPath(part("last-path"), part("last-state"), state.last_session_state);
  part("last-refusal").hidden = state.last_session_state !== "refused";
  part("last-open").href = `/sessions/${encodeURIComponent(state.last_session_id)}`;
}

function showHint() {
  const hint = part("hint");
  hint.hidden = someone || lost;
  if (state) write(hint, state.vision === "running" ? say("hint_waiting") : part("vision").textContent);
}

function showPose(pose) {
  drawPose(pose);
  if (someone !== pose.landmarks.length > 0) {
    someone = !someone;
    showHint();
  }
}

function showLink(link) {
  if (link === "open" && lost) reloadIfUpdated();
  lost = link === "lost";
  training.dataset.link = link;
  write(part("link"), link === "lost" ? say("reconnecting") : "");
  showHint();
  enable();
  if (lost && !document.hidden) signInIfOver();
}

/** A stream does not say why it was refused: without this a sign-in that is over would look like a kiosk that is away. */
async function signInIfOver() {
  try {
    await ask("/api/live");
  } catch (error) {
    if (error.status === 401) location.assign("/sign-in");
  }
}

/** The screen on the wall is never reloaded by hand: after an update of the kiosk it takes the new page itself. */
async function reloadIfUpdated() {
  try {
    const answer = await fetch("/");
    const mine = new URL(import.meta.url).pathname;
    if (answer.ok && !(await answer.text()).includes(mine)) location.reload();
  } catch {
    // The stream is lost again and will say so.
  }
}

/** Timers go on between events; without a stream they stand still, for nobody knows. */
function tick() {
  if (!state || lost) return;
  const base = state.phase === "set" ? state.set_elapsed_s : state.phase === "rest" ? state.rest_elapsed_s : null;
  const passed = (performance.now() - stateAt) / 1000;
  write(part("timer"), base === null ? "" : duration(base + passed));
}

function bump(element) {
  element.classList.remove("bump");
  void element.offsetWidth; // lets the animation start over
  element.classList.add("bump");
}

function enable() {
  const usable = state !== null && !lost && !busy;
  part("exercise").disabled = !usable;
  part("finish").disabled = !usable || state.session_id === null;
}

/** Do one thing at a time and say how it went. */
async function wish(action) {
  busy = true;
  enable();
  try {
    write(part("answer"), (await action()) ?? "");
  } catch (error) {
    write(part("answer"), error.message);
  }
  busy = false;
  enable();
}

async function finish() {
  write(part("finish"), say("finishing"));
  try {
    const { session } = await ask("/api/live/finish", {});
    return session ? undefined : say("nothing_to_finish");
  } finally {
    write(part("finish"), say("finish"));
  }
}

function openChooser() {
  for (const button of document.querySelectorAll("[data-exercise]")) {
    button.setAttribute("aria-pressed", String(button.dataset.exercise === (state.automatic ? "auto" : state.exercise)));
  }
  part("chooser").showModal();
}

part("exercise").addEventListener("click", openChooser);
part("finish").addEventListener("click", () => wish(finish));
for (const button of document.querySelectorAll("[data-exercise]")) {
  button.addEventListener("click", () => {
    part("chooser").close();
    wish(async () => void (await ask("/api/live/exercise", { exercise: button.dataset.exercise })));
  });
}
setInterval(tick, 200);
follow("/api/live/stream", { onState: showState, onPose: showPose, onLink: showLink });
