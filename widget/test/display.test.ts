import { beforeEach, expect, it } from "vitest";
import { PLAIN, remember, remembered } from "../src/display";

beforeEach(() => localStorage.clear());

it("remembers how the chat should look, and nothing when it is plain", () => {
  remember({ ...PLAIN, size: 2, theme: "dark", still: true });
  expect(remembered()).toEqual({ ...PLAIN, size: 2, theme: "dark", still: true });
  remember(PLAIN);
  expect(localStorage.length).toBe(0);
});

it.each(["{", "null", "[]", '{"size": 99, "theme": "<x>", "spacing": "yes"}'])(
  "is plain when the device remembers %s",
  (kept) => {
    localStorage.setItem("atlas-chat-display", kept);
    expect(remembered()).toEqual(PLAIN);
  },
);
