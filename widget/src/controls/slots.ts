import { html, nothing, type TemplateResult } from "lit";
import type { Message } from "../types";
import type { Context } from "./context";
import { onSubmit, problemId, problemLine } from "./problem";

interface Day {
  day: string;
  times: { time: string; who: string; payload: string }[];
}

const wish = (event: Event): string | null => {
  const form = (event.currentTarget as Element).closest("form")!;
  const field = form.querySelector<HTMLInputElement>("input[type=date]")!;
  if (!field.value || !field.validity.valid) {
    field.focus();
    return null;
  }
  return new Intl.DateTimeFormat("en-US", {
    weekday: "long",
    month: "long",
    day: "numeric",
    year: "numeric",
    timeZone: "UTC",
  }).format(new Date(`${field.value}T12:00:00Z`));
};

/** Free times as one group of radio buttons, in a group of its own for each day. */
export function slots(message: Message, context: Context): TemplateResult {
  const { texts } = context;
  const { days, first, last } = message.custom as unknown as {
    days: Day[];
    first?: string;
    last?: string;
  };
  const times = days.flatMap(({ times: all }) => all);
  const others = (message.buttons ?? []).filter(
    ({ payload }) => !times.some((time) => time.payload === payload),
  );
  return html`<form
    class="slots choices"
    novalidate
    @submit=${onSubmit(message, context, (data) => {
      const picked = times.find(({ payload }) => payload === data.get("time"));
      return picked ? { payload: picked.payload } : texts.chooseOne;
    })}
  >
    <div role="radiogroup" aria-label=${texts.freeTimes} aria-describedby=${problemId(message)}>
      ${days.map(
        ({ day, times: some }) =>
          html`<fieldset>
            <legend>${day}</legend>
            ${some.map(
              ({ time, who, payload }) =>
                html`<label class="option time">
                  <input type="radio" name="time" value=${payload} />
                  <span><strong>${time}</strong> ${who ? html`<span class="who">${who}</span>` : ""}</span>
                </label>`,
            )}
          </fieldset>`,
      )}
    </div>
    <div class="checklist-actions">
      ${problemLine(message, context)}
      <button class="solid" type="submit">${texts.takeTime}</button>
      <button class="quiet" type="button" @click=${() => context.answer("later", texts.later)}>
        ${texts.later}
      </button>
      ${others.map(
        ({ title, payload }) =>
          html`<button class="quiet" type="button" @click=${() => context.answer(payload, title)}>
            ${title}
          </button>`,
      )}
    </div>
    <details class="other-day">
      <summary>${texts.anotherDay}</summary>
      <div class="field-row">
        <label class="field">
          <span>${texts.pickDay}</span>
          <input type="date" min=${first ?? nothing} max=${last ?? nothing} />
        </label>
        <button
          class="quiet"
          type="button"
          @click=${(event: Event) => {
            const day = wish(event);
            if (day) context.answer(day);
          }}
        >
          ${texts.lookFor}
        </button>
      </div>
    </details>
  </form>`;
}
