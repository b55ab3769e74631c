import { keepOnDevice, recallOnDevice } from "./storage";

const NAME = "atlas-chat-display";

/** How the visitor wants the chat to look and sound. Nothing of what is said is in here. */
export interface Display {
  size: 0 | 1 | 2 | 3;
  theme: "" | "light" | "dark" | "contrast";
  spacing: boolean;
  font: boolean;
  still: boolean;
  aloud: boolean;
  dictation: boolean;
}

export const PLAIN: Display = {
  size: 0,
  theme: "",
  spacing: false,
  font: false,
  still: false,
  aloud: false,
  dictation: false,
};

/** What this device remembers; anything that does not fit is as if it were not there. */
export function remembered(): Display {
  let kept: Record<string, unknown> = {};
  try {
    kept = JSON.parse(recallOnDevice(NAME) ?? "{}") ?? {};
  } catch {
    // Somebody else wrote there: begin anew.
  }
  const display = { ...PLAIN };
  if (kept["size"] === 1 || kept["size"] === 2 || kept["size"] === 3) display.size = kept["size"];
  const theme = kept["theme"];
  if (theme === "light" || theme === "dark" || theme === "contrast") display.theme = theme;
  for (const name of ["spacing", "font", "still", "aloud", "dictation"] as const) {
    display[name] = kept[name] === true;
  }
  return display;
}

export function remember(display: Display): void {
  const plain = JSON.stringify(display) === JSON.stringify(PLAIN);
  keepOnDevice(NAME, plain ? null : JSON.stringify(display));
}
