import { html, type TemplateResult } from "lit";
import { PLAIN, type Display } from "./display";
import { icon } from "./icons";
import { canListen, canSpeak } from "./speech";
import { fill, type Texts } from "./texts";

type Set = (change: Partial<Display>) => void;

const close = (event: Event) => (event.currentTarget as Element).closest("dialog")?.close();

// A click on the dialog itself, and not on something in it, is a click beside it.
const beside = (event: Event) => {
  if (event.target === event.currentTarget) (event.currentTarget as HTMLDialogElement).close();
};

function dialog(
  name: string,
  title: string,
  body: unknown,
  actions: unknown,
  closed?: () => void,
): TemplateResult {
  return html`<dialog
    class="dialog"
    id=${name}
    aria-labelledby="${name}-title"
    @click=${beside}
    @close=${() => closed?.()}
  >
    <div class="dialog-inner">
      <h2 id="${name}-title">${title}</h2>
      ${body}
      <div class="dialog-actions">${actions}</div>
    </div>
  </dialog>`;
}

const toggle = (label: string, on: boolean, set: (on: boolean) => void, note = "") =>
  html`<label class="switch">
    <input
      type="checkbox"
      .checked=${on}
      @change=${(event: Event) => set((event.target as HTMLInputElement).checked)}
    />
    <span>${label}${note ? html`<small>${note}</small>` : ""}</span>
  </label>`;

const choice = (name: string, legend: string, labels: string[], now: number, set: (n: number) => void) =>
  html`<fieldset class="segments">
    <legend>${legend}</legend>
    ${labels.map(
      (label, index) =>
        html`<label
          ><input
            type="radio"
            name=${name}
            .checked=${index === now}
            @change=${() => set(index)}
          /><span>${label}</span></label
        >`,
    )}
  </fieldset>`;

const THEMES: Display["theme"][] = ["", "light", "dark", "contrast"];

/** The accessibility toolbar. */
export function displayPanel(texts: Texts, display: Display, set: Set): TemplateResult {
  return dialog(
    "display",
    texts.displayTitle,
    html`
      ${choice("size", texts.textSize, texts.sizes.split("|"), display.size, (size) =>
        set({ size: size as Display["size"] }),
      )}
      ${choice("theme", texts.colours, texts.themes.split("|"), THEMES.indexOf(display.theme), (at) =>
        set({ theme: THEMES[at]! }),
      )}
      ${toggle(texts.font, display.font, (font) => set({ font }))}
      ${toggle(texts.spacing, display.spacing, (spacing) => set({ spacing }))}
      ${toggle(texts.still, display.still, (still) => set({ still }))}
      ${canSpeak() ? toggle(texts.aloud, display.aloud, (aloud) => set({ aloud })) : ""}
      ${canListen()
        ? toggle(texts.dictation, display.dictation, (dictation) => set({ dictation }), texts.dictationNote)
        : ""}
    `,
    html`<button class="quiet" type="button" @click=${() => set(PLAIN)}>${texts.reset}</button>
      <button class="solid" type="button" @click=${close}>${texts.done}</button>`,
  );
}

export interface MoreActions {
  know(): void;
  save(): void;
  print(): void;
  copy(): void;
  remove(): void;
  end(): void;
}

/** What can be done with the chat as a whole, and with what is kept of it. */
export function morePanel(texts: Texts, actions: MoreActions): TemplateResult {
  const item = (label: string, action: () => void, danger = false) =>
    html`<li>
      <button
        class="item ${danger ? "danger" : ""}"
        type="button"
        @click=${(event: Event) => {
          close(event);
          action();
        }}
      >
        ${label}
      </button>
    </li>`;
  return dialog(
    "more",
    texts.moreTitle,
    html`<ul class="menu">
      ${item(texts.know, actions.know)} ${item(texts.save, actions.save)}
      ${item(texts.print, actions.print)} ${item(texts.copyData, actions.copy)}
      ${item(texts.deleteChat, actions.remove, true)}
      ${item(texts.endChat, actions.end)}
    </ul>`,
    html`<button class="quiet" type="button" @click=${close}>${texts.close}</button>`,
  );
}

export function endDialog(texts: Texts, end: () => void): TemplateResult {
  return dialog(
    "end",
    texts.endTitle,
    html`<p>${texts.endText}</p>`,
    html`<button class="quiet" type="button" @click=${close}>${texts.endNo}</button>
      <button
        class="solid"
        type="button"
        @click=${(event: Event) => {
          close(event);
          end();
        }}
      >
        ${texts.endYes}
      </button>`,
  );
}

export function deleteDialog(texts: Texts, failed: boolean, remove: () => void): TemplateResult {
  return dialog(
    "delete",
    texts.deleteTitle,
    html`<p>${texts.deleteText}</p>
      <p class="problem" role="alert" ?hidden=${!failed}>${failed ? texts.deleteFailed : ""}</p>`,
    html`<button class="quiet" type="button" @click=${close}>${texts.deleteNo}</button>
      <button class="solid danger" type="button" @click=${remove}>${texts.deleteYes}</button>`,
  );
}

/** Said where the copy of one's data could not be had. */
export function copyDialog(texts: Texts, problem: string): TemplateResult {
  return dialog(
    "copy",
    texts.copyTitle,
    html`<p>${problem}</p>`,
    html`<button class="quiet" type="button" @click=${close}>${texts.close}</button>`,
  );
}

export function idleDialog(texts: Texts, seconds: number, stay: () => void): TemplateResult {
  // The seconds are for the eye: read out each second they would drown the button.
  return dialog(
    "idle",
    texts.idleTitle,
    html`<p>${texts.idleText}</p>
      <p aria-hidden="true">${fill(texts.idleLeft, { seconds })}</p>`,
    html`<button class="solid" type="button" @click=${close}>${texts.idleYes}</button>`,
    stay,
  );
}

export interface Enlarged {
  address: string;
  title: string;
  alt: string;
}

const ZOOMS = [1, 1.5, 2, 3];

/** A picture as large as the window, to zoom and to scroll. */
export function pictureDialog(
  texts: Texts,
  picture: Enlarged | null,
  zoom: number,
  set: (zoom: number) => void,
): TemplateResult {
  const step = (by: number) => {
    const next = ZOOMS[ZOOMS.indexOf(zoom) + by];
    if (next) set(next);
  };
  return html`<dialog class="dialog picture-dialog" id="picture" aria-label=${picture?.title ?? ""} @click=${beside}>
    <div class="dialog-inner">
      <div class="dialog-actions">
        <button class="tool" type="button" aria-disabled=${zoom === ZOOMS[0]} @click=${() => step(-1)}>
          ${icon("minus")}${texts.zoomOut}
        </button>
        <button class="tool" type="button" aria-disabled=${zoom === ZOOMS.at(-1)} @click=${() => step(1)}>
          ${icon("plus")}${texts.zoomIn}
        </button>
        <button class="tool" type="button" @click=${close}>${icon("close")}${texts.close}</button>
      </div>
      <div class="zoomed" tabindex="0" role="group" aria-label=${picture?.title ?? ""}>
        ${picture ? html`<img src=${picture.address} alt=${picture.alt} data-zoom=${zoom} />` : ""}
      </div>
    </div>
  </dialog>`;
}
