import { html, render } from "lit";
import { describe, expect, it } from "vitest";
import { blocksOf, inline, plain, rich, telephone } from "../src/markup";

const NUMBERS = { emergency: "911", phone: "(555) 010-0199", crisis: "988" };

function shown(template: unknown): HTMLElement {
  const place = document.createElement("div");
  render(html`${template}`, place);
  return place;
}

describe("inline", () => {
  it("sets bold words and dials the clinic's numbers", () => {
    const place = shown(inline("**Call 911** or (555) 010-0199.", NUMBERS));
    expect(place.querySelector("strong a")?.getAttribute("href")).toBe("tel:911");
    expect(place.querySelectorAll("a")[1]?.getAttribute("href")).toBe("tel:5550100199");
  });

  it("leaves a number inside a longer one alone", () => {
    expect(shown(inline("Room 9110, 1-911-2, +911", NUMBERS)).querySelector("a")).toBeNull();
  });

  it("keeps the full stop out of an address", () => {
    const link = shown(inline("See https://example.org/a_b.", NUMBERS)).querySelector("a");
    expect(link?.getAttribute("href")).toBe("https://example.org/a_b");
    expect(link?.rel).toContain("noopener");
  });

  it("links only to the web", () => {
    expect(shown(inline("javascript:alert(1) data:text/html,x", NUMBERS)).querySelector("a")).toBeNull();
  });

  it("shows HTML as words", () => {
    const place = shown(inline('<img src=x onerror="1"> **<b>x</b>**', NUMBERS));
    expect(place.querySelector("img, b")).toBeNull();
    expect(place.textContent).toContain('<img src=x onerror="1">');
  });
});

describe("rich", () => {
  it("makes a list of facts, a list of reasons and a list of sources", () => {
    const text = "Please check:\n- When: Monday\n- Name: Jane\n\nWhy: one; two.\n\nSources: A; B.";
    const place = shown(rich(text, NUMBERS));
    expect([...place.querySelectorAll("dt")].map((node) => node.textContent)).toEqual(["When", "Name"]);
    expect(place.querySelectorAll("ul li").length).toBe(2);
    expect([...place.querySelectorAll(".source li")].map((node) => node.textContent)).toEqual(["A", "B."]);
  });

  it("shows how far the interview is", () => {
    const place = shown(rich("(Question 2 of about 7) How?", NUMBERS));
    expect(place.querySelector("progress")?.getAttribute("max")).toBe("7");
    expect(place.querySelector(".progress")?.textContent).toContain("Question 2 of about 7");
    expect(place.querySelector(".rich > p:last-of-type")?.textContent).toBe("How?");
  });

  it("cuts paragraphs at empty lines only", () => {
    expect(blocksOf("a\nb\n\nc").map(({ lines }) => lines)).toEqual([["a", "b"], ["c"]]);
    expect(blocksOf("")).toEqual([]);
  });
});

it("reads markup and numbers plainly", () => {
  expect(plain("**a** b")).toBe("a b");
  expect(telephone("+1 (212) 555-0123")).toBe("tel:+12125550123");
});
