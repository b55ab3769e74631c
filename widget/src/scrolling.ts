/** Where the conversation is scrolled to. */

const MARGIN = 16;

const scrolls = (log: HTMLElement) => getComputedStyle(log).overflowY === "auto";

/** How far the end of the conversation is out of sight, in pixels. */
export function below(log: HTMLElement): number {
  return scrolls(log) ? log.scrollHeight - log.scrollTop - log.clientHeight : 0;
}

function align(log: HTMLElement, turn: HTMLElement, end: boolean): void {
  if (!scrolls(log)) {
    // Very little height: the page itself scrolls.
    turn.scrollIntoView({ block: end ? "end" : "start" });
    return;
  }
  const top = turn.offsetTop;
  log.scrollTop = end ? top + turn.offsetHeight - log.clientHeight + MARGIN : top - MARGIN;
}

/**
 * Show the end of the conversation, but never scroll the start of what is new out of sight: from
 * the visitor's last message where that fits, else from the beginning of the answer.
 */
export function showNewest(log: HTMLElement): void {
  const turns = [...log.querySelectorAll<HTMLElement>(".turn, .note")];
  const said = turns.findLastIndex((turn) => turn.matches(".user"));
  const [question, answer] = turns.slice(Math.max(said, 0));
  const last = turns.at(-1);
  if (!last || !question) return;
  const room = Math.min(log.clientHeight, window.innerHeight) - 2 * MARGIN;
  const fits = (first: HTMLElement) =>
    last.getBoundingClientRect().bottom - first.getBoundingClientRect().top <= room;
  const first = answer ?? question;
  if (fits(question) || fits(first)) align(log, last, true);
  else align(log, first, false);
}

export function showEnd(log: HTMLElement): void {
  const last = [...log.querySelectorAll<HTMLElement>(".turn, .note")].at(-1);
  if (last) align(log, last, true);
}
