/* Draws the 33 landmarks as a figure, mirrored like a mirror: your left hand is on the left of the screen. */
const BONES = [
  [11, 13], [13, 15], [15, 19], [23, 25], [25, 27], [27, 31], [27, 29], [29, 31],
  [12, 14], [14, 16], [16, 20], [24, 26], [26, 28], [28, 32], [28, 30], [30, 32],
];
const ACROSS = [[11, 12], [23, 24], [11, 23], [12, 24]];
const JOINTS = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28];
const FAINT = 0.15; // below this visibility a landmark is a guess not worth drawing

/** Return a function that draws a pose onto the canvas, whatever size the canvas has by then. */
export function skeletonOn(canvas) {
  const paint = canvas.getContext("2d");
  let pose = { width: 4, height: 3, landmarks: [] };
  let due = 0;

  function draw() {
    due = 0;
    const style = getComputedStyle(canvas);
    const colours = {
      left: style.getPropertyValue("--left"),
      right: style.getPropertyValue("--right"),
      middle: style.getPropertyValue("--text"),
    };
    paint.clearRect(0, 0, canvas.width, canvas.height);
    if (pose.landmarks.length) drawFigure(paint, placed(pose, canvas), colours);
  }

  function drawSoon() {
    due ||= requestAnimationFrame(draw);
  }

  new ResizeObserver(() => {
    const density = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = Math.round(canvas.clientWidth * density);
    canvas.height = Math.round(canvas.clientHeight * density);
    drawSoon();
  }).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawSoon);

  return (newest) => {
    pose = newest;
    drawSoon();
  };
}

/** Return landmarks in canvas pixels: the whole frame fits, its aspect ratio kept; the room below is for the cue. */
function placed(pose, canvas) {
  const scale = Math.min(canvas.width / pose.width, canvas.height / pose.height);
  const left = (canvas.width - pose.width * scale) / 2;
  const points = pose.landmarks.map(([x, y, visibility]) => ({
    x: left + (1 - x) * pose.width * scale,
    y: y * pose.height * scale,
    visibility,
  }));
  return { points, unit: (pose.height * scale) / 100 };
}

function drawFigure(paint, { points, unit }, colours) {
  const seen = (...indexes) => Math.min(...indexes.map((index) => points[index].visibility));
  const side = (index) => (index % 2 ? colours.left : colours.right);
  paint.lineCap = paint.lineJoin = "round";
  drawTorso(paint, points, colours.middle, seen(11, 12, 23, 24));
  for (const [from, to] of ACROSS) line(paint, points[from], points[to], colours.middle, seen(from, to), unit * 1.3);
  for (const [from, to] of BONES) line(paint, points[from], points[to], side(from), seen(from, to), unit * 2.2);
  for (const index of JOINTS) disc(paint, points[index], unit * 1.5, colours.middle, seen(index));
  drawHead(paint, points, unit, colours.middle, seen(0));
}

function drawTorso(paint, points, colour, visibility) {
  if (visibility < FAINT) return;
  paint.globalAlpha = 0.1 * visibility;
  paint.fillStyle = colour;
  paint.beginPath();
  for (const index of [11, 12, 24, 23]) paint.lineTo(points[index].x, points[index].y);
  paint.fill();
}

function drawHead(paint, points, unit, colour, visibility) {
  if (visibility < FAINT) return;
  const [nose, left, right] = [points[0], points[7], points[8]];
  const radius = Math.max(unit * 4, Math.hypot(left.x - right.x, left.y - right.y) * 0.7);
  paint.globalAlpha = visibility;
  paint.strokeStyle = colour;
  paint.lineWidth = unit * 1.3;
  paint.beginPath();
  paint.arc(nose.x, nose.y, radius, 0, 2 * Math.PI);
  paint.stroke();
}

function line(paint, from, to, colour, visibility, width) {
  if (visibility < FAINT) return;
  paint.globalAlpha = visibility;
  paint.strokeStyle = colour;
  paint.lineWidth = width;
  paint.beginPath();
  paint.moveTo(from.x, from.y);
  paint.lineTo(to.x, to.y);
  paint.stroke();
}

function disc(paint, centre, radius, colour, visibility) {
  if (visibility < FAINT) return;
  paint.globalAlpha = visibility;
  paint.fillStyle = colour;
  paint.beginPath();
  paint.arc(centre.x, centre.y, radius, 0, 2 * Math.PI);
  paint.fill();
}
