/** Fit a clinic's own colour to the chat, so that text in it and on it can always be read. */

type Rgb = [number, number, number];

const ENOUGH = 4.6;
const STEP = 0.04;

export function parse(colour: string): Rgb | null {
  const digits = /^#([0-9a-f]{6})$/i.exec(colour)?.[1];
  if (!digits) return null;
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as Rgb;
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast ratio of WCAG, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const mix = (colour: Rgb, towards: number, share: number): Rgb =>
  colour.map((channel) => Math.round(channel + (towards - channel) * share)) as Rgb;

const hex = (colour: Rgb) =>
  `#${colour.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;

/** The nearest shade that stands out enough from a background. */
export function readable(colour: Rgb, background: Rgb): Rgb {
  const towards = luminance(background) > 0.4 ? 0 : 255;
  for (let share = 0; share < 1; share += STEP) {
    const shade = mix(colour, towards, share);
    if (contrast(shade, background) >= ENOUGH) return shade;
  }
  return [towards, towards, towards];
}

/** Custom properties for a clinic's colour, of the light and of the dark look. */
export function brandProperties(colour: string): Record<string, string> {
  const given = parse(colour);
  if (!given) return {};
  const light = readable(given, [255, 255, 255]);
  const dark = readable(given, [26, 35, 33]);
  const tint = mix(given, 255, 0.88);
  const darkTint = mix(given, 16, 0.78);
  return {
    "--atlas-brand": hex(readable(light, tint)),
    "--atlas-brand-hover": hex(mix(light, 0, 0.22)),
    "--atlas-brand-tint": hex(tint),
    "--atlas-brand-dark": hex(readable(dark, darkTint)),
    "--atlas-brand-dark-hover": hex(mix(dark, 255, 0.3)),
    "--atlas-brand-dark-tint": hex(darkTint),
    "--atlas-user-dark": hex(mix(light, 0, 0.15)),
    "--atlas-head": hex(mix(light, 0, 0.25)),
  };
}
