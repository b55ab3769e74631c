import { expect, it } from "vitest";
import { brandProperties, contrast, parse, readable } from "../src/colours";

const WHITE: [number, number, number] = [255, 255, 255];

it.each(["#0f5a52", "#ffd800", "#ffffff", "#000000", "#ff00aa", "#7fd4ff"])(
  "makes a readable brand of %s in both looks",
  (colour) => {
    const brand = brandProperties(colour);
    const of = (name: string) => parse(brand[name]!)!;
    expect(contrast(of("--atlas-brand"), WHITE)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("--atlas-brand"), of("--atlas-brand-tint"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("--atlas-brand-dark"), of("--atlas-brand-dark-tint"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("--atlas-user-dark"), WHITE)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("--atlas-head"), [243, 247, 245])).toBeGreaterThanOrEqual(4.5);
  },
);

it("leaves a colour that is readable as it is", () => {
  expect(readable([15, 90, 82], WHITE)).toEqual([15, 90, 82]);
});

it("ignores what is no colour", () => {
  expect(brandProperties("red;}")).toEqual({});
  expect(brandProperties("")).toEqual({});
});
