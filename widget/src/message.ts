import { html, nothing, type TemplateResult } from "lit";
import {
  appointmentCard,
  cardWords,
  isPicture,
  levelCard,
  levelOf,
  pictureCard,
  summaryCard,
} from "./cards";
import { bodyMap, hasRegions } from "./controls/body-map";
import { checklist } from "./controls/checklist";
import { labelOf, type Context } from "./controls/context";
import { fieldsOf, form } from "./controls/form";
import { checklistOf, replies } from "./controls/replies";
import { scale } from "./controls/scale";
import { slots } from "./controls/slots";
import { inline, rich } from "./markup";
import { fill } from "./texts";
import type { Choice, Message } from "./types";

/** The control that suits a message; quick replies where the server named none. */
function control(message: Message, context: Context): TemplateResult | typeof nothing {
  const kind = message.custom?.kind;
  const list = checklistOf(message);
  if (list) return checklist(message, list, context);
  if (kind === "scale") return scale(message, context);
  if (kind === "body" && hasRegions(message)) return bodyMap(message, context);
  if (kind === "slots" && Array.isArray(message.custom!["days"])) return slots(message, context);
  const fields = fieldsOf(message);
  if (fields.length) return form(message, fields, context);
  return message.buttons?.length ? replies(message.buttons, context) : nothing;
}

/** One message of Atlas; `open` says whether it can still be answered. */
export function botMessage(message: Message, open: boolean, context: Context): unknown {
  const level = levelOf(message);
  const shown = level
    ? levelCard(message, level, context)
    : message.custom?.kind === "appointment"
      ? appointmentCard(message, context)
      : message.custom?.kind === "summary" && message.custom["page"]
        ? summaryCard(message, context)
        : isPicture(message)
          ? pictureCard(message, context)
          : message.text
            ? html`<div class="bubble" id=${labelOf(message)}>${rich(message.text, context.numbers)}</div>`
            : nothing;
  return [shown, open ? control(message, context) : nothing];
}

/** What the visitor said, and whether it arrived. */
export function userMessage(message: Message, context: Context, retry: () => void): TemplateResult {
  const { texts, numbers } = context;
  const failed = message.status === "failed";
  return html`<div class="bubble"><span class="unseen">${texts.youSaid} </span>${message.text}</div>
    ${message.status === "sending" ? html`<p class="status">${texts.sending}</p>` : ""}
    ${failed
      ? html`<div class="trouble">
          <span>${inline(troubleWords(message, context), numbers)}</span>
          ${message.retry
            ? html`<button class="quiet" type="button" @click=${retry}>${texts.retry}</button>`
            : ""}
        </div>`
      : ""}`;
}

/** The server's own sentence where it gave one; its codes in words of the element. */
export function problemWords(problem: string, { texts, numbers }: Context): string {
  const values = { number: numbers.emergency };
  if (problem === "offline") return fill(texts.unreachable, values);
  if (/^[a-z_]*$/.test(problem)) return fill(texts.failed, values);
  return problem;
}

export function troubleWords(message: Message, context: Context): string {
  const words = problemWords(message.problem ?? "", context);
  return message.problem === "offline" ? `${context.texts.notSent} ${words}` : words;
}

/** What a screen reader is told of a message of Atlas. */
export function spoken(message: Message, { texts, numbers }: Context): string {
  const words = [`${texts.atlas}:`, cardWords(message, texts, numbers.emergency)];
  if (isPicture(message)) words.push(fill(texts.picture, { alt: String(message.custom!["alt"]) }));
  const custom = message.custom ?? {};
  const own = custom["options"] ?? custom["regions"];
  const choices = (Array.isArray(own) ? (own as Choice[]) : message.buttons) ?? [];
  const titles = choices.map(({ title }) => title).join(", ");
  if (titles && custom.kind !== "slots") words.push(fill(texts.choices, { titles }));
  return words.filter(Boolean).join(" ");
}

/** The conversation as plain text, to keep or to print. */
export function asText(messages: Message[], context: Context): string {
  const { texts, numbers } = context;
  return messages
    .map((message) =>
      message.from === "user"
        ? `${texts.youSaid} ${message.text ?? ""}`
        : `${texts.atlas}: ${cardWords(message, texts, numbers.emergency)}`,
    )
    .join("\n\n");
}
