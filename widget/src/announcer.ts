import { html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

const MOST = 5;

interface Words {
  key: number;
  text: string;
}

/**
 * What a screen reader is told. The two regions stay mounted for as long as the element lives,
 * and the conversation itself is none, so that nothing is read twice.
 */
export class Announcer {
  #polite: Words[] = [];
  #urgent: Words[] = [];
  #key = 0;

  say(text: string, urgent = false): void {
    const region = urgent ? this.#urgent : this.#polite;
    region.push({ key: (this.#key += 1), text });
    if (region.length > MOST) region.shift();
  }

  clear(): void {
    this.#polite = [];
    this.#urgent = [];
  }

  render(): TemplateResult {
    const words = (region: Words[]) => repeat(region, ({ key }) => key, ({ text }) => html`<p>${text}</p>`);
    return html`<div id="polite" class="unseen" aria-live="polite">${words(this.#polite)}</div>
      <div id="urgent" class="unseen" role="alert">${words(this.#urgent)}</div>`;
  }
}
