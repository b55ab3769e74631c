import { html, type TemplateResult } from "lit";
import type { Context } from "./controls/context";
import { isSlot, slotTitle } from "./controls/replies";
import { icon, type IconName } from "./icons";
import { plain, rich, telephone } from "./markup";
import { download, print } from "./paper";
import { fill, type Texts } from "./texts";
import type { Feedback, Message } from "./types";

interface Level {
  title: keyof Texts;
  icon: IconName;
  urgent?: boolean;
}

const LEVELS: Record<string, Level> = {
  emergency_ambulance: { title: "levelAmbulance", icon: "alert", urgent: true },
  emergency: { title: "levelEmergency", icon: "alert", urgent: true },
  consultation_24: { title: "levelToday", icon: "clock" },
  consultation: { title: "levelVisit", icon: "calendar" },
  self_care: { title: "levelHome", icon: "home" },
};

const REASONS: Feedback[] = ["unclear", "off_topic", "not_my_case", "wrong", "other"];

export const levelOf = ({ custom }: Message): Level | undefined =>
  custom?.kind === "level" ? LEVELS[String(custom["level"])] : undefined;

export const isUrgent = (message: Message) => Boolean(levelOf(message)?.urgent);

/** What a card says, for the screen reader, the printer and the file. */
export function cardWords(message: Message, texts: Texts, emergency: string): string {
  const level = levelOf(message);
  const summary = message.custom?.kind === "appointment" ? String(message.custom["summary"] ?? "") : "";
  const text = plain(message.text ?? "");
  const words = level ? [`${fill(texts[level.title], { number: emergency })}.`] : [];
  if (text) words.push(text);
  if (summary && !text.includes(plain(summary))) words.push(plain(summary));
  return words.join(" ");
}

function paper(message: Message, context: Context): TemplateResult {
  const { texts, numbers, clinic } = context;
  const words = () => cardWords(message, texts, numbers.emergency);
  const title = `Atlas, ${clinic}`;
  return html`<div class="paper">
    <button class="tool" type="button" @click=${() => print(title, words())}>
      ${icon("print")}${texts.printCard}
    </button>
    <button
      class="tool"
      type="button"
      @click=${() => download("atlas.txt", "text/plain", `${title}\n\n${words()}\n`)}
    >
      ${icon("download")}${texts.saveCard}
    </button>
  </div>`;
}

/** "Was this helpful?", and what was wrong after a no. */
function opinion(message: Message, context: Context): TemplateResult {
  const { texts } = context;
  const rated = context.rated(message);
  if (rated === undefined) {
    return html`<div class="opinion" role="group" aria-label=${texts.helpful}>
      <span aria-hidden="true">${texts.helpful}</span>
      <button class="tool" type="button" @click=${() => context.rate(message, true)}>${texts.yes}</button>
      <button class="tool" type="button" @click=${() => context.rate(message, false)}>${texts.no}</button>
    </div>`;
  }
  const reasons = texts.reasons.split("|");
  return html`<div class="opinion" role="group" aria-label=${rated ? texts.helpful : texts.why}>
    <span role="status" class=${rated ? "" : "wide"}>${rated ? texts.thanks : `${texts.thanks} ${texts.why}`}</span>
    ${rated
      ? ""
      : REASONS.map(
          (reason, index) =>
            html`<button
              class="tool"
              type="button"
              @click=${(event: Event) => {
                context.rate(message, false, reason);
                const group = (event.currentTarget as Element).closest(".opinion")!;
                for (const button of group.querySelectorAll("button")) button.disabled = true;
                (event.currentTarget as Element).setAttribute("aria-pressed", "true");
              }}
            >
              ${reasons[index]}
            </button>`,
        )}
  </div>`;
}

const foot = (message: Message, context: Context) =>
  html`<div class="card-foot">${opinion(message, context)}${paper(message, context)}</div>`;

/** How urgent it is; the two emergencies are red and have the number as a button. */
export function levelCard(message: Message, level: Level, context: Context): TemplateResult {
  const { texts, numbers } = context;
  const name = String(message.custom!["level"]);
  const title = fill(texts[level.title], { number: numbers.emergency });
  const call = html`<a class="big-call" href=${telephone(numbers.emergency)}
    >${icon("phone")}${fill(texts.call, { number: numbers.emergency })}</a
  >`;
  return html`<div class="card level ${name} ${level.urgent ? "urgent" : ""}">
    <p class="card-head">${icon(level.icon)}${title}</p>
    <div class="card-body">
      ${rich(message.text ?? "", numbers, level.urgent ? call : undefined)}
    </div>
    ${foot(message, context)}
  </div>`;
}

// "**Booked.** <summary>" at the start of the text becomes the card's heading.
function withoutSummary(text: string, summary: string): { heading?: string; rest: string } {
  const [first = "", ...others] = text.split("\n\n");
  const [, heading, said] = /^\*\*(.+?)\.?\*\* (.+)$/.exec(first) ?? [];
  if (heading && said === summary) return { heading, rest: others.join("\n\n") };
  return { rest: text };
}

/** A visit with its reference and the calendar file. */
export function appointmentCard(message: Message, context: Context): TemplateResult {
  const { texts, numbers } = context;
  const { reference, summary = "", ics, title } = message.custom as Record<string, string>;
  const { heading, rest } = withoutSummary(message.text ?? "", summary);
  const file = `${String(reference ?? "visit").replace(/[^\w-]/g, "")}.ics`;
  return html`<div class="card appointment">
    <p class="card-head">${icon("calendar")}${title ?? heading ?? texts.visit}</p>
    <div class="card-body">
      ${summary
        ? html`<div class="summary">${isSlot(summary) ? slotTitle(summary) : rich(summary, numbers)}</div>`
        : ""}
      ${reference ? html`<p class="reference">${texts.reference} <code>${reference}</code></p>` : ""}
      ${ics
        ? html`<button
            class="download"
            type="button"
            @click=${() => download(file, "text/calendar", ics)}
          >
            ${icon("download")}${texts.calendar}
          </button>`
        : ""}
      ${rest ? html`<div class="after">${rich(rest, numbers)}</div>` : ""}
    </div>
    ${foot(message, context)}
  </div>`;
}

/** What the visitor told, to keep; the page comes inside the message and has no address. */
export function summaryCard(message: Message, context: Context): TemplateResult {
  const { texts, numbers, clinic } = context;
  const { title = "", file = "summary.html", page = "" } = message.custom as Record<string, string>;
  // The text begins with the same heading, for channels without cards.
  const text = (message.text ?? "").replace(`**${title}**`, "").trimStart();
  return html`<div class="card summary-card">
    <p class="card-head">${icon("page")}${title}</p>
    <div class="card-body">${rich(text, numbers)}</div>
    <div class="card-foot">
      <button
        class="download"
        type="button"
        @click=${() => download(String(file).replace(/[^\w.-]/g, ""), "text/html", String(page))}
      >
        ${icon("download")}${texts.savePage}
      </button>
      <div class="paper">
        <button class="tool" type="button" @click=${() => print(`Atlas, ${clinic}`, plain(text))}>
          ${icon("print")}${texts.printCard}
        </button>
      </div>
    </div>
  </div>`;
}

const PICTURE = /^[a-z0-9_]+\.svg$/;

export const isPicture = ({ custom }: Message) =>
  custom?.kind === "picture" && PICTURE.test(String(custom["file"]));

/** A drawing of the knowledge base, which can be made larger. */
export function pictureCard(message: Message, context: Context): TemplateResult {
  const { file, title, alt } = message.custom as unknown as Record<string, string>;
  const address = context.address(`pictures/${file}`);
  const larger = () => context.enlarge({ address, title: title ?? "", alt: alt ?? "" });
  return html`<figure class="bubble picture">
    <img src=${address} alt=${alt ?? ""} decoding="async" @click=${larger} />
    <figcaption>
      ${title}
      <button class="tool" type="button" @click=${larger}>${icon("zoom")}${context.texts.enlarge}</button>
    </figcaption>
  </figure>`;
}
