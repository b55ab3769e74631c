import { html, type TemplateResult } from "lit";
import { fill } from "../texts";
import type { Choice, Message } from "../types";
import { labelOf, type Context } from "./context";
import { onSubmit, problemId, problemLine } from "./problem";

/** What was ticked, joined the way the channel takes it apart again. */
export function chosen(options: Choice[], data: FormData): { payload: string; title: string } | null {
  const picked = data.getAll("choice").flatMap((index) => options[Number(index)] ?? []);
  if (!picked.length) return null;
  return {
    payload: picked.map(({ payload }) => payload).join(". "),
    title: picked.map(({ title }) => title).join(", "),
  };
}

export function boxes(options: Choice[], region?: (index: number) => string): TemplateResult[] {
  return options.map(
    ({ title }, index) =>
      html`<label class="option">
        <input
          type="checkbox"
          name="choice"
          value=${index}
          data-region=${region?.(index) ?? ""}
        /><span>${title}</span>
      </label>`,
  );
}

/** Several answers at once, and one button for none of them. */
export function checklist(
  message: Message,
  { options, none }: { options: Choice[]; none?: Choice | undefined },
  context: Context,
): TemplateResult {
  const { texts } = context;
  const missing = none ? fill(texts.chooseOneOr, { none: none.title }) : texts.chooseSome;
  return html`<form
    class="checklist choices"
    novalidate
    @submit=${onSubmit(message, context, (data) => chosen(options, data) ?? missing)}
  >
    <fieldset aria-labelledby=${labelOf(message)} aria-describedby=${problemId(message)}>
      ${boxes(options)}
    </fieldset>
    <div class="checklist-actions">
      ${problemLine(message, context)}
      <button class="solid" type="submit">${texts.send}</button>
      ${none
        ? html`<button
            class="quiet"
            type="button"
            @click=${() => context.answer(none.payload, none.title)}
          >
            ${none.title}
          </button>`
        : ""}
    </div>
  </form>`;
}
