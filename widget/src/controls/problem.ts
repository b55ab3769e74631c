import { html, nothing, type TemplateResult } from "lit";
import type { Message } from "../types";
import { labelOf, type Context } from "./context";

export const problemId = (message: Message) => `${labelOf(message)}-problem`;

/** The place of an error; role="alert" has it read at once. */
export function problemLine(message: Message, context: Context): TemplateResult {
  const problem = context.problem(message);
  return html`<p class="problem" id=${problemId(message)} role="alert" ?hidden=${!problem}>
    ${problem || nothing}
  </p>`;
}

/** Take a form's answer, or complain and go back to its first field. */
export function onSubmit(
  message: Message,
  context: Context,
  read: (data: FormData, form: HTMLFormElement) => { payload: string; title?: string } | string,
): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const answer = read(new FormData(form), form);
    if (typeof answer === "string") {
      context.complain(message, answer);
      const first =
        form.querySelector<HTMLElement>("[data-wrong]") ?? form.querySelector<HTMLElement>("input, textarea");
      first?.focus({ preventScroll: true });
      return;
    }
    context.complain(message, "");
    context.answer(answer.payload, answer.title);
  };
}
