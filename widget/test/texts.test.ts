import { expect, it } from "vitest";
import { fill, speaks, textsFor, type Texts } from "../src/texts";

const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

it("has the same places and as many parts in every language", () => {
  const [en, es] = [textsFor("en"), textsFor("es-MX")];
  expect(es).not.toBe(en);
  for (const name of Object.keys(en) as (keyof Texts)[]) {
    expect(places(es[name]), name).toEqual(places(en[name]));
    expect(es[name].split("|").length, name).toBe(en[name].split("|").length);
  }
});

it("falls back to English", () => {
  expect(textsFor("fr")).toBe(textsFor("en"));
  expect(speaks("fr")).toBe(false);
});

it("fills places once, and never into what was filled", () => {
  expect(fill("{a} {b}", { a: "{b}", b: "$&" })).toBe("{b} $&");
});
