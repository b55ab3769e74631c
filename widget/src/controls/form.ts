import { html, nothing, type TemplateResult } from "lit";
import type { Message } from "../types";
import type { Context } from "./context";
import { onSubmit, problemId, problemLine } from "./problem";

interface Field {
  name: string;
  label: string;
  /** text, tel, email or long */
  type?: string;
  hint?: string;
  autocomplete?: string;
  most?: number;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;

export const fieldsOf = ({ custom }: Message): Field[] =>
  custom?.kind === "form" && Array.isArray(custom["fields"]) ? (custom["fields"] as Field[]) : [];

/** Labelled fields; what is wrong is said beside them and announced. */
export function form(message: Message, fields: Field[], context: Context): TemplateResult {
  const { texts } = context;
  const wrong = Boolean(context.problem(message));
  const common = ({ name, most = 200 }: Field) => ({ name, most });
  return html`<form
    class="fields choices"
    novalidate
    @submit=${onSubmit(message, context, (data, element) => {
      const values: string[] = [];
      for (const { name, type } of fields) {
        const value = String(data.get(name) ?? "").trim();
        const control = element.elements.namedItem(name) as HTMLElement;
        control.removeAttribute("data-wrong");
        const looksLikeEmail = type === "email" || (type !== "long" && value.includes("@"));
        if (!value || (looksLikeEmail && !EMAIL.test(value))) {
          control.setAttribute("data-wrong", "");
          return value ? texts.emailWrong : texts.fillIn;
        }
        values.push(value);
      }
      return { payload: values.join(", ") };
    })}
  >
    ${fields.map((field) => {
      const { name, most } = common(field);
      const hint = field.hint ? `${problemId(message)}-${name}` : "";
      const described = `${hint} ${problemId(message)}`.trim();
      const control =
        field.type === "long"
          ? html`<textarea
              name=${name}
              rows="2"
              maxlength=${most}
              aria-describedby=${described}
              aria-invalid=${wrong}
            ></textarea>`
          : html`<input
              name=${name}
              type=${field.type ?? "text"}
              maxlength=${most}
              autocomplete=${field.autocomplete ?? nothing}
              aria-describedby=${described}
              aria-invalid=${wrong}
            />`;
      return html`<div class="field">
        <label>
          <span>${field.label}</span>
          ${control}
        </label>
        ${hint ? html`<p class="hint" id=${hint}>${field.hint}</p>` : ""}
      </div>`;
    })}
    <div class="checklist-actions">
      ${problemLine(message, context)}
      <button class="solid" type="submit">${texts.send}</button>
      ${(message.buttons ?? []).map(
        ({ title, payload }) =>
          html`<button class="quiet" type="button" @click=${() => context.answer(payload, title)}>
            ${title}
          </button>`,
      )}
    </div>
  </form>`;
}
