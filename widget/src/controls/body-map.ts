import { html, svg, type TemplateResult } from "lit";
import type { Choice, Message } from "../types";
import { boxes, chosen } from "./checklist";
import { labelOf, type Context } from "./context";
import { onSubmit, problemId, problemLine } from "./problem";

interface Region extends Choice {
  region: string;
}

// The back of a person from head to waist; what lies left in the picture is the person's left.
const FIGURE =
  "M120 8c-17 0-27 13-27 31 0 14 5 24 12 30l1 15c-4 9-16 14-33 19-22 6-36 14-40 34L20 226h28l13-62 6 76h106l6-76 13 62h28l-13-89c-4-20-18-28-40-34-17-5-29-10-33-19l1-15c7-6 12-16 12-30 0-18-10-31-27-31z";

const AREAS: Record<string, string> = {
  neck: "M107 66h26l2 18c3 7 8 11 13 14H92c5-3 10-7 13-14z",
  shoulder_left: "M88 101c-26 7-48 12-53 34l-3 15 31 4 22-22 9-32z",
  shoulder_right: "M152 101c26 7 48 12 53 34l3 15-31 4-22-22-9-32z",
  between_shoulder_blades: "M98 102h44l-6 46h-32z",
  mid_back: "M82 152h76l-3 42H85z",
  low_back: "M85 198h70l3 40H82z",
};

function toggle(event: Event, region: string): void {
  const form = (event.currentTarget as Element).closest("form");
  const box = form?.querySelector<HTMLInputElement>(`input[data-region="${region}"]`);
  if (!box) return;
  box.checked = !box.checked;
  colour(form!);
}

// The picture only repeats what is ticked in the list, which is what everybody can use.
function colour(form: HTMLFormElement): void {
  for (const area of form.querySelectorAll<SVGElement>("[data-area]")) {
    const box = form.querySelector<HTMLInputElement>(`input[data-region="${area.dataset["area"]}"]`);
    area.classList.toggle("on", box?.checked === true);
  }
}

/** Where it hurts: a picture to tap beside a list that says the same. */
export function bodyMap(message: Message, context: Context): TemplateResult {
  const { texts } = context;
  const regions = message.custom!["regions"] as Region[];
  return html`<form
    class="body-map checklist choices"
    novalidate
    @change=${(event: Event) => colour(event.currentTarget as HTMLFormElement)}
    @submit=${onSubmit(message, context, (data) => chosen(regions, data) ?? texts.chooseSome)}
  >
    <div class="body-parts">
      <div class="figure">
        <svg viewBox="0 0 240 246" aria-hidden="true" focusable="false">
          <path class="skin" d=${FIGURE}></path>
          <path class="spine-line" d="M120 78v158"></path>
          ${regions
            .filter(({ region }) => region in AREAS)
            .map(
              ({ region }) =>
                svg`<path class="area" data-area=${region} d=${AREAS[region]}
                  @click=${(event: Event) => toggle(event, region)}></path>`,
            )}
          <text x="14" y="18">${texts.left}</text>
          <text x="226" y="18" text-anchor="end">${texts.right}</text>
        </svg>
        <p class="hint">${texts.behind}</p>
      </div>
      <fieldset aria-labelledby=${labelOf(message)} aria-describedby=${problemId(message)}>
        ${boxes(regions, (index) => regions[index]!.region)}
      </fieldset>
    </div>
    <div class="checklist-actions">
      ${problemLine(message, context)}
      <button class="solid" type="submit">${texts.send}</button>
    </div>
  </form>`;
}

export const hasRegions = ({ custom }: Message) => Array.isArray(custom?.["regions"]);
