import { afterEach, expect, it, vi } from "vitest";
import "../src/atlas-chat";
import type { AtlasChat } from "../src/atlas-chat";

const CONFIG = {
  clinic: "Example <Clinic>",
  phone: "",
  emergency: "112",
  crisis: "",
  demo: false,
  retention_days: 7,
  idle_minutes: 0,
  exit_page: "",
  colour: "#ffd800",
  languages: ["en"],
};

async function placed(markup: string, config: object | null = CONFIG): Promise<AtlasChat> {
  vi.stubGlobal("fetch", async () => {
    if (!config) throw new TypeError("no network");
    return Response.json(config);
  });
  document.body.innerHTML = markup;
  const element = document.querySelector("atlas-chat")!;
  await expect.poll(() => element.state, { timeout: 3000 }).not.toBe("opening");
  await element.updateComplete;
  return element;
}

afterEach(() => {
  document.body.innerHTML = "";
  vi.unstubAllGlobals();
});

const words = (element: AtlasChat) => element.shadowRoot!.textContent!.replace(/\s+/g, " ");

it("waits at the notice with the clinic's own facts", async () => {
  const element = await placed("<atlas-chat mode='inline'></atlas-chat>");
  expect(element.state).toBe("notice");
  expect(words(element)).toContain("automated assistant of Example <Clinic>");
  expect(words(element)).toContain("up to 7 days");
  expect(element.shadowRoot!.querySelector(".emergency-call")?.getAttribute("href")).toBe("tel:112");
  expect(element.style.getPropertyValue("--_brand")).toMatch(/^#[0-9a-f]{6}$/);
});

it("shows the number between its tags when the server cannot be reached", async () => {
  const element = await placed("<atlas-chat mode='inline'><a href='tel:999'>999</a></atlas-chat>", null);
  expect(element.state).toBe("failed");
  expect(element.shadowRoot!.querySelector(".emergency-call")?.getAttribute("href")).toBe("tel:999");
  expect(words(element)).toContain("In an emergency, call 999.");
  expect(words(element)).toContain("Try again");
});

it("floats closed with the number beside the button", async () => {
  const element = await placed("<atlas-chat></atlas-chat>");
  expect(element.shadowRoot!.querySelector<HTMLElement>(".chat")!.hidden).toBe(true);
  expect(element.shadowRoot!.querySelector(".corner .emergency-call")).not.toBeNull();
});

it("keeps its two live regions and no other", async () => {
  const element = await placed("<atlas-chat mode='inline' lang='es'></atlas-chat>");
  expect(element.shadowRoot!.querySelectorAll("[aria-live=polite]").length).toBe(1);
  expect(words(element)).toContain("Antes de empezar");
});
