import { html, type TemplateResult } from "lit";
import type { Config } from "./types";

/**
 * The light markup that Atlas writes: **bold**, line breaks, "- " lists, http(s) links, the
 * clinic's numbers, and a few forms that docs/web_chat.md lists. It becomes templates whose parts
 * are text, so that no HTML in a message is ever obeyed.
 */

export type Numbers = Pick<Config, "emergency" | "phone" | "crisis">;

export const telephone = (number: string) => `tel:${number.replace(/[^\d+*#]/g, "")}`;

export const plain = (text: string) => text.replace(/\*\*(.+?)\*\*/g, "$1");

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const LINK = String.raw`\*\*(?<bold>.+?)\*\*|(?<url>https?:\/\/[^\s<>"]+)`;

// Made once for the same numbers; a 911 inside a longer number is not the emergency number.
const patterns = new Map<string, RegExp>();

function pattern({ emergency, phone, crisis }: Numbers): RegExp {
  const numbers = [emergency, phone, crisis].filter(Boolean).map(escaped).join("|");
  let made = patterns.get(numbers);
  if (!made) {
    const dialled = numbers ? String.raw`|(?<![\w+-])(?<number>${numbers})(?![\w-])` : "";
    made = new RegExp(LINK + dialled, "g");
    patterns.set(numbers, made);
  }
  return made;
}

type Part = string | TemplateResult;

/** One line with its bold words, links and numbers. */
export function inline(text: string, numbers: Numbers): Part[] {
  const parts: Part[] = [];
  let position = 0;
  for (const match of text.matchAll(pattern(numbers))) {
    const { bold, url, number } = match.groups as Record<string, string | undefined>;
    let length = match[0].length;
    parts.push(text.slice(position, match.index));
    if (bold) parts.push(html`<strong>${inline(bold, numbers)}</strong>`);
    else if (url) {
      // A full stop or bracket after an address belongs to the sentence.
      const address = url.replace(/[.,;:!?)\]]+$/, "");
      length = address.length;
      parts.push(html`<a href=${address} target="_blank" rel="noopener noreferrer">${address}</a>`);
    } else if (number) parts.push(html`<a href=${telephone(number)}>${number}</a>`);
    position = match.index + length;
  }
  parts.push(text.slice(position));
  return parts.filter((part) => part !== "");
}

// How far an interview is, at the start of a question: "(Question 2 of about 7)".
const PROGRESS = /^\((?<label>\p{L}+ (?<now>\d+) of (?:about )?(?<all>\d+))\)\s*/u;
const WHY = /^(?<label>Why: (?:you mentioned )?)(?<reasons>.+?)\.?$/;
const FACT = /^- (?<name>\p{Lu}[\p{L} ]{0,24}): (?<value>.+)$/u;

type Kind = "list" | "why" | "source" | "text";

interface Block {
  kind: Kind;
  lines: string[];
}

function kindOf(line: string): Kind {
  if (line.startsWith("- ")) return "list";
  if (WHY.test(line)) return "why";
  return /^(Source|\(Rules? )/.test(line) ? "source" : "text";
}

/** Cut a text into its blocks: paragraphs, lists, reasons, sources. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let apart = true;
  for (const line of text.split("\n").map((spaced) => spaced.trim())) {
    const kind = kindOf(line);
    const last = blocks.at(-1);
    if (line && last?.kind === kind && !apart) last.lines.push(line);
    else if (line) blocks.push({ kind, lines: [line] });
    apart = !line;
  }
  return blocks;
}

const bullets = (lines: string[], numbers: Numbers) =>
  html`<ul>
    ${lines.map((line) => html`<li>${inline(line, numbers)}</li>`)}
  </ul>`;

function facts(lines: string[], numbers: Numbers): TemplateResult {
  const rows = lines.map((line) => FACT.exec(line)!.groups as { name: string; value: string });
  return html`<dl class="facts">
    ${rows.map(
      ({ name, value }) =>
        html`<div><dt>${name}</dt><dd>${inline(value, numbers)}</dd></div>`,
    )}
  </dl>`;
}

function reasons(line: string, numbers: Numbers): TemplateResult {
  const { label, reasons: joined } = WHY.exec(line)!.groups as { label: string; reasons: string };
  const each = joined.split("; ");
  const name = html`<strong>${label.trimEnd()}</strong>`;
  if (each.length === 1) return html`<p>${name} ${inline(`${joined}.`, numbers)}</p>`;
  return html`<p class="before-list">${name}</p>${bullets(each, numbers)}`;
}

// "Sources: A; B; reviewed 2026-11-22, …" as a note below a line, each source on its own.
function source(lines: string[], numbers: Numbers): TemplateResult {
  const [, label, rest] = /^(Sources?:) (.+)$/.exec(lines.join(" ")) ?? [];
  const each = rest?.split("; ") ?? [];
  if (each.length < 2) {
    const written = lines.map((line) => line.replace(/^\((Rules? .*)\)$/, "$1"));
    return html`<p class="source">${broken(written, numbers)}</p>`;
  }
  return html`<div class="source">
    <p>${label}</p>
    <ol>
      ${each.map((one) => html`<li>${inline(one, numbers)}</li>`)}
    </ol>
  </div>`;
}

const broken = (lines: string[], numbers: Numbers) =>
  lines.map((line, index) => (index ? html`<br />${inline(line, numbers)}` : inline(line, numbers)));

function templateOf({ kind, lines }: Block, numbers: Numbers): unknown {
  if (kind === "why") return lines.map((line) => reasons(line, numbers));
  if (kind === "list" && lines.length > 1 && lines.every((line) => FACT.test(line))) {
    return facts(lines, numbers);
  }
  if (kind === "list") return bullets(lines.map((line) => line.slice(2)), numbers);
  if (kind === "source") return source(lines, numbers);
  return html`<p>${broken(lines, numbers)}</p>`;
}

function progress(label: string, now: number, all: number): TemplateResult {
  // The words beside the bar say the same.
  return html`<p class="progress">
    ${label}<progress aria-hidden="true" max=${Math.max(now, all)} .value=${now}></progress>
  </p>`;
}

/** A whole message; `after` comes below its first paragraph. */
export function rich(text: string, numbers: Numbers, after?: TemplateResult): TemplateResult {
  const counted = PROGRESS.exec(text);
  const { label = "", now = 0, all = 0 } = counted?.groups ?? {};
  const blocks = blocksOf(counted ? text.slice(counted[0].length) : text);
  return html`<div class="rich">
    ${counted ? progress(label as string, Number(now), Number(all)) : ""}
    ${blocks.map((block, index) => [templateOf(block, numbers), index === 0 ? after : ""])}
    ${blocks.length ? "" : after}
  </div>`;
}
