import { html, type TemplateResult } from "lit";
import type { Message } from "../types";
import { labelOf, type Context } from "./context";
import { onSubmit, problemId, problemLine } from "./problem";

/** One number between two ends that have words, as radio buttons in a row. */
export function scale(message: Message, context: Context): TemplateResult {
  const { min = 0, max = 10, low = "", high = "", say = "#" } = message.custom as {
    min?: number;
    max?: number;
    low?: string;
    high?: string;
    say?: string;
  };
  const { texts } = context;
  const numbers = Array.from({ length: max - min + 1 }, (_, index) => min + index);
  const words = (number: number) =>
    number === min && low ? `${number}, ${low}` : number === max && high ? `${number}, ${high}` : `${number}`;
  return html`<form
    class="scale choices"
    novalidate
    @submit=${onSubmit(message, context, (data) => {
      const number = data.get("number");
      return number === null ? texts.chooseOne : { payload: say.replace("#", String(number)) };
    })}
  >
    <fieldset
      role="radiogroup"
      aria-labelledby=${labelOf(message)}
      aria-describedby=${problemId(message)}
    >
      <div class="scale-row">
        ${numbers.map(
          (number) =>
            html`<label class="step">
              <input type="radio" name="number" value=${number} aria-label=${words(number)} />
              <span aria-hidden="true">${number}</span>
            </label>`,
        )}
      </div>
      <div class="scale-ends" aria-hidden="true"><span>${low}</span><span>${high}</span></div>
    </fieldset>
    <div class="checklist-actions">
      ${problemLine(message, context)}
      <button class="solid" type="submit">${texts.send}</button>
    </div>
  </form>`;
}
