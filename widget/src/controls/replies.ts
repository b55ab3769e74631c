import { html, type TemplateResult } from "lit";
import type { Choice, Message } from "../types";
import type { Context } from "./context";

// "Tue Nov 24, 9:00 AM with Dr. Demo": the time counts, the name follows more quietly.
const SLOT = /^(?<when>.+\d (?:AM|PM)) (?<who>with .+)$/;

export function slotTitle(title: string): TemplateResult {
  const { when, who } = SLOT.exec(title)?.groups ?? {};
  if (!who) return html`<span>${title}</span>`;
  return html`<span><strong>${when}</strong> <span class="who">${who}</span></span>`;
}

export const isSlot = (title: string) => SLOT.test(title);

/** Short answers stand side by side; where some are long they are a list, one below the other. */
export function replies(buttons: Choice[], context: Context): TemplateResult {
  const long = buttons.length > 2 && buttons.some(({ title }) => title.length > 30);
  return html`<div
    class="replies choices ${long ? "long" : ""}"
    role="group"
    aria-label=${context.texts.suggested}
  >
    ${buttons.map(
      ({ title, payload }) =>
        html`<button
          class="reply"
          type="button"
          @click=${() => context.answer(payload || title, title)}
        >
          ${long ? slotTitle(title) : title}
        </button>`,
    )}
  </div>`;
}

interface Checklist {
  options: Choice[];
  none?: Choice | undefined;
}

/** A checklist brings its choices itself, or makes the message's buttons choices to tick. */
export function checklistOf({ custom = {}, buttons = [] }: Message): Checklist | null {
  if (custom.kind !== "checklist") return null;
  if (Array.isArray(custom["options"])) {
    return { options: custom["options"] as Choice[], none: custom["none"] as Choice | undefined };
  }
  const options = buttons.filter(({ title }) => title !== custom["none"]);
  const none = buttons.find(({ title }) => title === custom["none"]);
  return options.length ? { options, none } : null;
}
