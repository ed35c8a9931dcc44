/* The live stream with what EventSource lacks: it notices silence, survives refusals, and sleeps with the page. */
const SILENCE_MS = 25_000; // the server pings every 10 s
const RETRY_MS = [1_000, 3_000];

/** Follow `url`; calls `onState`, `onPose` with parsed data and `onLink` with "open" or "lost". */
export function follow(url, { onState, onPose, onLink }) {
  let source = null;
  let silence = 0;
  let retry = 0;

  function heard() {
    clearTimeout(silence);
    silence = setTimeout(lose, SILENCE_MS);
  }

  function close() {
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
    source = null;
  }

  function lose() {
    close();
    onLink("lost");
    const [least, most] = RETRY_MS;
    retry = setTimeout(open, least + Math.random() * (most - least));
  }

  function open() {
    close();
    source = new EventSource(url);
    heard();
    source.onerror = lose;
    source.addEventListener("ping", heard);
    source.addEventListener("pose", (event) => {
      heard();
      onPose(JSON.parse(event.data));
    });
    source.addEventListener("state", (event) => {
      heard();
      onState(JSON.parse(event.data));
      onLink("open"); // only now is everything shown true again
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      close();
      onLink("lost");
    } else if (!source) {
      open();
    }
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && open());
  open();
}
