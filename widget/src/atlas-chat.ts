import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { Activity } from "./activity";
import { Announcer } from "./announcer";
import { isUrgent } from "./cards";
import { brandProperties } from "./colours";
import type { Context } from "./controls/context";
import { Conversation, type Ending, type Listener } from "./conversation";
import { remember, remembered, type Display } from "./display";
import { icon, mark } from "./icons";
import { inline, telephone } from "./markup";
import { asText, botMessage, problemWords, spoken, troubleWords, userMessage } from "./message";
import {
  copyDialog,
  deleteDialog,
  displayPanel,
  endDialog,
  idleDialog,
  morePanel,
  pictureDialog,
  type Enlarged,
} from "./panels";
import { download, print } from "./paper";
import { Problem } from "./problem";
import { below, showEnd, showNewest } from "./scrolling";
import { Server } from "./server";
import { canListen, Dictation, hush, speak } from "./speech";
import { keep, recall } from "./storage";
import { styles } from "./styles";
import { fill, speaks, textsFor, type Texts } from "./texts";
import { Token } from "./token";
import type { Config, Message } from "./types";

const UNKNOWN: Config = {
  clinic: "",
  phone: "",
  emergency: "",
  crisis: "",
  demo: false,
  retention_days: 30,
  idle_minutes: 0,
  exit_page: "",
  colour: "",
  languages: ["en"],
};
const WARNING_MS = 120_000;
const AT_THE_END = 40;

const ENDINGS: Record<Ending, keyof Texts> = {
  ended: "over",
  idle: "overIdle",
  deleted: "overDeleted",
  expired: "overExpired",
};

/**
 * The chat with Atlas: `<atlas-chat server="https://…/chat"></atlas-chat>`.
 *
 * What stands between the tags is shown until the element is there, and where scripts are off;
 * put the emergency number there. docs/web_chat.md describes the attributes, the custom
 * properties and what the element asks the server for.
 */
@customElement("atlas-chat")
export class AtlasChat extends LitElement implements Listener {
  static override styles = styles;

  /** Where the web channel is; its own origin has to be on the server's list. */
  @property() server = "/chat";
  /** floating: a button in the corner; inline: a box in the text; page: all the room there is. */
  @property({ reflect: true }) mode: "floating" | "inline" | "page" = "floating";
  /** Whether the floating chat is open. */
  @property({ type: Boolean, reflect: true }) open = false;
  /** light or dark, where the site does not follow the device. */
  @property() theme = "";
  /** Minutes without use after which the chat closes; the clinic's own setting by default. */
  @property({ type: Number }) idle: number | undefined;
  /** The phase of the conversation, to style or to test by. */
  @property({ reflect: true }) state = "opening";

  @state() private config: Config = UNKNOWN;
  @state() private display: Display = remembered();
  @state() private unread = 0;
  @state() private farFromEnd = false;
  @state() private online = navigator.onLine;
  @state() private problems: Record<string, string> = {};
  @state() private enlarged: Enlarged | null = null;
  @state() private zoom = 1;
  @state() private seconds = 0;
  @state() private deleteFailed = false;
  @state() private copyProblem = "";
  @state() private listening = false;

  private conversation!: Conversation;
  private api!: Server;
  private token!: Token;
  /** Until the settings and an older chat of this visitor have been looked for. */
  private ready: Promise<void> = Promise.resolve();
  private reveal = false;
  private readonly announcer = new Announcer();
  private readonly dictation = new Dictation();
  private readonly activity = new Activity(
    (seconds) => this.warn(seconds),
    () => void this.conversation.end("idle"),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    this.token = new Token(this.server);
    this.api = new Server(this.server, this.token, () => this.language);
    this.conversation = new Conversation(this.api, this);
    if (this.mode === "floating") this.open ||= recall(this.openName) === "1";
    for (const name of ["online", "offline"]) window.addEventListener(name, this.onConnection);
    for (const name of ["pointerdown", "keydown"]) this.addEventListener(name, this.onUse);
    this.ready = this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.conversation.close();
    this.token.close();
    this.activity.stop();
    hush();
    for (const name of ["online", "offline"]) window.removeEventListener(name, this.onConnection);
    for (const name of ["pointerdown", "keydown"]) this.removeEventListener(name, this.onUse);
  }

  private get openName(): string {
    return `atlas-chat-open ${this.server}`;
  }

  private get draftName(): string {
    return `atlas-chat-draft ${this.server}`;
  }

  private async begin(): Promise<void> {
    try {
      this.config = await this.api.config();
      const brand = brandProperties(this.config.colour);
      for (const [name, value] of Object.entries(brand)) {
        this.style.setProperty(name.replace("--atlas-", "--_"), value);
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.conversation.problem = problem.message || problem.code;
      this.conversation.phase = "failed";
      this.changed();
      return;
    }
    const token = await this.token.find();
    if (token) await this.conversation.resume();
    else this.conversation.phase = "notice";
    this.reveal = true;
    this.changed();
  }

  // What the conversation tells

  changed(): void {
    const { phase } = this.conversation;
    if (this.state !== phase) {
      if (phase === "over") {
        this.activity.stop();
        this.announcer.clear();
        this.announcer.say(this.texts[ENDINGS[this.conversation.ending ?? "ended"]]);
        this.problems = {};
        this.unread = 0;
        keep(this.draftName, null);
        if (this.box) this.box.value = "";
        for (const dialog of this.renderRoot.querySelectorAll("dialog")) dialog.close();
        hush();
      } else if (phase === "idle" && this.state !== "busy") this.watch();
      this.state = phase;
    }
    this.requestUpdate();
  }

  said(message: Message): void {
    const words = spoken(message, this.context);
    this.announcer.say(words, isUrgent(message));
    if (this.display.aloud) speak(words.replace(/^[^:]+: /, ""), this.spokenLanguage);
    const hidden = this.mode === "floating" && !this.open;
    const away = this.log ? below(this.log) > AT_THE_END : false;
    if (hidden || (away && this.conversation.phase === "idle" && !this.reveal)) this.unread += 1;
    else this.reveal = true;
    this.activity.note();
  }

  notSent(message: Message): void {
    this.announcer.say(troubleWords(message, this.context));
    this.reveal = true;
  }

  silent(): void {
    const at = new Date().toISOString();
    const id = `${this.conversation.messages.at(-1)?.id}:0`;
    const message: Message = { id, from: "bot", text: this.texts.noAnswer, at };
    this.conversation.messages = [...this.conversation.messages, message];
    this.said(message);
    this.requestUpdate();
  }

  // What the visitor does

  private answer(payload: string, title?: string): void {
    hush();
    this.reveal = true;
    this.unread = 0;
    this.conversation.send(payload, title);
    // On a touch screen, focus in the box would open the keyboard over the answer.
    if (!matchMedia("(pointer: coarse)").matches) this.box?.focus({ preventScroll: true });
    else if (this.shadowRoot?.activeElement === this.box) this.box?.blur();
    else this.log?.focus({ preventScroll: true });
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const box = this.box;
    if (!box?.value.trim()) return;
    await this.ready;
    const text = box.value.trim();
    const { phase } = this.conversation;
    if (!text || phase === "opening") return;
    if (phase === "notice" && !(await this.start())) return;
    box.value = "";
    keep(this.draftName, null);
    this.answer(text);
  }

  private async start(): Promise<boolean> {
    this.reveal = true;
    this.announcer.clear();
    const begun = await this.conversation.begin();
    if (begun && !matchMedia("(pointer: coarse)").matches) this.box?.focus({ preventScroll: true });
    return begun;
  }

  private again(): void {
    if (this.config === UNKNOWN) void this.begin();
    else void this.start();
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    // isComposing: Enter then chooses a word of an input method and must not send.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      (event.currentTarget as HTMLTextAreaElement).form?.requestSubmit();
    }
  };

  private readonly onInput = (): void => {
    if (!this.box) return;
    keep(this.draftName, this.box.value);
    this.fitBox();
  };

  private fitBox(): void {
    const box = this.box;
    if (!box || CSS.supports("field-sizing", "content")) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }

  private readonly onConnection = (): void => {
    this.online = navigator.onLine;
  };

  private readonly onUse = (event: Event): void => {
    // The warning has a button of its own; a key pressed by chance does not answer it.
    if (!this.dialog("idle")?.open) this.activity.note();
    const escape = event instanceof KeyboardEvent && event.key === "Escape";
    if (escape && this.mode === "floating" && this.open && !this.renderRoot.querySelector("dialog[open]")) {
      this.setOpen(false);
    }
  };

  private setOpen(open: boolean): void {
    this.open = open;
    this.unread = 0;
    this.reveal = open;
    keep(this.openName, open ? "1" : null);
    void this.updateComplete.then(() => {
      if (!open) this.renderRoot.querySelector<HTMLElement>(".launcher")?.focus();
      else if (matchMedia("(pointer: coarse)").matches) this.log?.focus();
      else this.focus();
    });
  }

  override focus(options?: FocusOptions): void {
    (this.box ?? this.log)?.focus(options);
  }

  private readonly onScroll = (): void => {
    if (!this.log || (this.mode === "floating" && !this.open)) return;
    this.farFromEnd = below(this.log) > AT_THE_END;
    if (!this.farFromEnd) this.unread = 0;
  };

  private jump(): void {
    const log = this.log;
    if (!log) return;
    if (this.unread) showEnd(log);
    else log.scrollBy({ top: log.clientHeight - 64 });
    this.unread = 0;
  }

  private watch(): void {
    const minutes = this.idle ?? this.config.idle_minutes;
    const limit = minutes * 60_000;
    this.activity.start(limit, Math.min(WARNING_MS, limit / 2));
  }

  private warn(seconds: number): void {
    this.seconds = seconds;
    const dialog = this.dialog("idle");
    if (dialog && !dialog.open) {
      if (this.mode === "floating" && !this.open) this.setOpen(true);
      dialog.showModal();
    }
  }

  private leave(): void {
    const away = this.config.exit_page || "about:blank";
    this.conversation.leave();
    // The page that was left is not in the history either.
    location.replace(away);
  }

  private async saveCopy(): Promise<void> {
    try {
      download("atlas-my-data.txt", "text/plain", await this.conversation.copy());
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.copyProblem = problem.message || problem.code;
      this.dialog("copy")?.showModal();
    }
  }

  private async deleteChat(): Promise<void> {
    this.deleteFailed = !(await this.conversation.remove());
  }

  private dictate(): void {
    if (this.dictation.on) {
      this.dictation.stop();
      return;
    }
    this.listening = true;
    this.dictation.start(
      (words) => {
        if (!this.box) return;
        this.box.value = `${this.box.value} ${words}`.trim();
        this.onInput();
      },
      () => {
        this.listening = false;
      },
    );
  }

  private setDisplay(change: Partial<Display>): void {
    this.display = { ...this.display, ...change };
    remember(this.display);
    if (!this.display.aloud) hush();
  }

  private dialog(name: string): HTMLDialogElement | null {
    return this.renderRoot?.querySelector<HTMLDialogElement>(`dialog#${name}`) ?? null;
  }

  // What is shown

  private get log(): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>(".log") ?? null;
  }

  private get box(): HTMLTextAreaElement | null {
    return this.renderRoot?.querySelector<HTMLTextAreaElement>("#message") ?? null;
  }

  private get language(): string {
    const language = this.lang || document.documentElement.lang || navigator.language;
    return speaks(language) ? language.slice(0, 2).toLowerCase() : "en";
  }

  /** What Atlas answers in: the element's language where it speaks that, else English. */
  private get spokenLanguage(): string {
    return this.config.languages.includes(this.language) ? this.language : "en";
  }

  private get texts(): Texts {
    return textsFor(this.language);
  }

  /** The emergency number: the server's, until it is known the one between the tags. */
  private get emergency(): string {
    const written = this.querySelector<HTMLAnchorElement>('a[href^="tel:"]')?.getAttribute("href");
    return this.config.emergency || (written?.slice("tel:".length) ?? "");
  }

  private get context(): Context {
    const { config, texts } = this;
    return {
      texts,
      clinic: config.clinic,
      numbers: { emergency: this.emergency, phone: config.phone, crisis: config.crisis },
      answer: (payload, title) => this.answer(payload, title),
      problem: ({ id }) => this.problems[id] ?? "",
      complain: ({ id }, problem) => {
        this.problems = { ...this.problems, [id]: problem };
      },
      enlarge: (picture) => {
        this.enlarged = picture;
        this.zoom = 1;
        this.dialog("picture")?.showModal();
      },
      address: (path) => this.api.url(path),
      rated: ({ id }) => this.conversation.rated.get(id),
      rate: ({ id }, helpful, reason) => void this.conversation.rate(id, helpful, reason),
    };
  }

  protected override updated(): void {
    const log = this.log;
    if (!log) return;
    if (this.reveal) {
      this.reveal = this.conversation.phase === "busy";
      showNewest(log);
    }
    this.onScroll();
  }

  protected override firstUpdated(): void {
    this.restoreDraft();
    const log = this.log;
    if (log) new ResizeObserver(() => this.onScroll()).observe(log);
  }

  private restoreDraft(): void {
    const draft = recall(this.draftName);
    if (draft && this.box) this.box.value = draft;
    this.fitBox();
  }

  protected override render(): TemplateResult {
    const { display, texts } = this;
    const theme = display.theme || this.theme;
    const floating = this.mode === "floating";
    return html`<div
      class="frame ${this.mode}"
      part="frame"
      lang=${this.language}
      data-theme=${theme || nothing}
      data-size=${display.size}
      ?data-spacing=${display.spacing}
      ?data-font=${display.font}
      ?data-still=${display.still}
    >
      ${floating ? this.launcher() : nothing}
      <section class="chat" part="chat" aria-label=${texts.chatWith} ?hidden=${floating && !this.open}>
        ${this.mode === "page" ? nothing : this.head()} ${this.bar()} ${this.conversationLog()}
        ${this.dock()}
      </section>
      ${this.announcer.render()} ${this.dialogs()}
    </div>`;
  }

  private launcher(): TemplateResult {
    const { texts, unread } = this;
    const news = unread === 1 ? texts.newOne : fill(texts.newMany, { count: unread });
    return html`<aside class="corner" aria-label=${texts.chatWith} ?hidden=${this.open}>
      ${this.emergencyLine()}
      <button
        class="launcher"
        part="launcher"
        type="button"
        aria-expanded="false"
        @click=${() => this.setOpen(true)}
      >
        ${mark()}<span>${texts.openChat}</span>
        ${unread ? html`<span class="badge"><span aria-hidden="true">${unread}</span><span class="unseen">, ${news}</span></span>` : ""}
      </button>
    </aside>`;
  }

  private head(): TemplateResult {
    const { config, texts } = this;
    return html`<div class="head" part="head">
      ${mark()}
      <div class="names">
        <p class="clinic">${config.clinic || texts.atlas}</p>
        <p class="assistant">${texts.assistant}</p>
      </div>
      ${config.phone
        ? html`<a class="round" href=${telephone(config.phone)} aria-label="${texts.callClinic} ${config.phone}"
            >${icon("phone")}</a
          >`
        : ""}
      ${this.mode === "floating"
        ? html`<button
            class="round"
            type="button"
            aria-label=${texts.closeChat}
            @click=${() => this.setOpen(false)}
          >
            ${icon("close")}
          </button>`
        : ""}
    </div>`;
  }

  private emergencyLine(): TemplateResult {
    const { texts, emergency } = this;
    return html`<p class="emergency">
      <span class="emergency-label">${texts.emergency}</span>
      <a class="emergency-call" href=${telephone(emergency)}>
        ${icon("phone")}${fill(texts.call, { number: emergency })}
      </a>
      <span class="emergency-more">${texts.dontWait}</span>
    </p>`;
  }

  private bar(): TemplateResult {
    const { texts } = this;
    const urgent = this.conversation.phase !== "over" && this.conversation.messages.some(isUrgent);
    const tool = (name: "leave" | "display" | "more", action: () => void) =>
      html`<button class="tool ${name}" type="button" @click=${action}>
        ${icon(name)}<span class="tool-text">${texts[name]}</span>
      </button>`;
    const going = ["idle", "busy"].includes(this.conversation.phase);
    return html`<button class="skip" type="button" @click=${() => this.focus()}>${texts.skip}</button>
      <div class="bar ${urgent ? "urgent" : ""}">
        ${this.emergencyLine()}
        <div class="tools">
          ${tool("leave", () => this.leave())}
          ${tool("display", () => this.dialog("display")?.showModal())}
          ${going ? tool("more", () => this.dialog("more")?.showModal()) : ""}
        </div>
      </div>`;
  }

  private conversationLog(): TemplateResult {
    const { conversation, texts, unread } = this;
    const news = unread === 1 ? texts.newOne : fill(texts.newMany, { count: unread });
    return html`<div
        class="log"
        role="log"
        aria-live="off"
        aria-label=${texts.conversation}
        aria-busy=${conversation.phase === "busy" || conversation.phase === "opening"}
        tabindex="0"
        @scroll=${this.onScroll}
      >
        ${conversation.phase === "notice" ? this.notice() : this.turns()} ${this.note()}
      </div>
      <button
        class="jump ${unread ? "news" : ""}"
        type="button"
        ?hidden=${!this.farFromEnd && !unread}
        @click=${() => this.jump()}
      >
        ${icon("arrow")}<span class=${unread ? "" : "unseen"}>${unread ? news : texts.below}</span>
      </button>`;
  }

  private notice(): TemplateResult {
    const { texts, config } = this;
    const values = {
      clinic: config.clinic,
      days: config.retention_days,
      number: this.emergency,
    };
    const line = (text: string) => html`<li>${inline(fill(text, values), this.context.numbers)}</li>`;
    return html`<div class="notice">
      <h2>${texts.noticeTitle}</h2>
      <ul>
        ${[texts.noticeWho, texts.noticeKept, texts.noticeHere, texts.noticeEmergency].map(line)}
      </ul>
      <p>${this.spokenLanguage === this.language ? "" : texts.inEnglish} ${texts.noticeAgree}</p>
      <button class="solid" type="button" @click=${() => void this.start()}>${texts.start}</button>
    </div>`;
  }

  private turns(): unknown {
    const { conversation, texts } = this;
    const { messages, phase } = conversation;
    const said = messages.findLastIndex(({ from }) => from === "user");
    const groups: { key: string; day: string; bot: boolean; from: number; messages: Message[] }[] = [];
    let lastDay = "";
    messages.forEach((message, index) => {
      const day = new Date(message.at ?? Date.now()).toDateString();
      const group = groups.at(-1);
      if (group?.bot && message.from === "bot" && day === lastDay) group.messages.push(message);
      else {
        const bot = message.from === "bot";
        const shown = day === lastDay ? "" : day;
        groups.push({ key: message.id, day: shown, bot, from: index, messages: [message] });
      }
      lastDay = day;
    });
    const going = phase === "idle" || phase === "busy";
    const waits = (phase === "opening" && this.config !== UNKNOWN) || phase === "busy" || conversation.elsewhere;
    return html`${repeat(
      groups,
      ({ key }) => key,
      ({ day, bot, from, messages: some }) => html`
        ${day ? html`<p class="day"><span>${this.dayName(day)}</span></p>` : ""}
        ${bot
          ? html`<div class="turn bot" lang=${this.spokenLanguage}>
              <p class="speaker">${texts.atlas}</p>
              ${repeat(
                some,
                ({ id }) => id,
                (message, at) => botMessage(message, going && from + at > said, this.context),
              )}
            </div>`
          : html`<div class="turn user ${some[0]!.status ?? ""}">
              ${userMessage(some[0]!, this.context, () => {
                this.reveal = true;
                conversation.retry(some[0]!.id);
              })}
            </div>`}
      `,
    )}
    ${waits
      ? html`<div class="turn waiting">
          <div class="bubble typing" role="img" aria-label=${texts.writing}><i></i><i></i><i></i></div>
        </div>`
      : ""}`;
  }

  private dayName(day: string): string {
    const date = new Date(day);
    const now = new Date();
    if (date.toDateString() === now.toDateString()) return this.texts.today;
    now.setDate(now.getDate() - 1);
    if (date.toDateString() === now.toDateString()) return this.texts.yesterday;
    const style = { weekday: "long", month: "long", day: "numeric" } as const;
    return new Intl.DateTimeFormat(this.language, style).format(date);
  }

  /** A line of the element itself at the end, with a way to go on. */
  private note(): TemplateResult | typeof nothing {
    const { conversation, texts } = this;
    const { phase, ending } = conversation;
    if (phase !== "over" && phase !== "failed") return nothing;
    const over = phase === "over";
    const words = over ? texts[ENDINGS[ending ?? "ended"]] : problemWords(conversation.problem, this.context);
    return html`<div class="note">
      <p>${inline(words, this.context.numbers)}</p>
      <button class="solid" type="button" @click=${() => this.again()}>
        ${over ? texts.startNew : texts.again}
      </button>
    </div>`;
  }

  private dock(): TemplateResult {
    const { texts, config, conversation } = this;
    const closed = ["over", "failed"].includes(conversation.phase);
    const offline = fill(texts.offline, { number: this.emergency });
    return html`<div class="dock">
      <p class="offline" role="status" ?hidden=${this.online}>${this.online ? "" : offline}</p>
      <form class="composer" ?hidden=${closed} @submit=${(event: Event) => void this.submit(event)}>
        <label class="unseen" for="message">${texts.yourMessage}</label>
        <textarea
          id="message"
          rows="1"
          maxlength="4000"
          placeholder=${texts.placeholder}
          autocomplete="off"
          enterkeyhint="send"
          aria-describedby="keys"
          @input=${this.onInput}
          @keydown=${this.onKey}
        ></textarea>
        <span id="keys" class="unseen">${texts.keys}</span>
        ${this.display.dictation && canListen()
          ? html`<button
              class="round microphone"
              type="button"
              aria-pressed=${this.listening}
              aria-label=${texts.listen}
              @click=${() => this.dictate()}
            >
              ${icon("microphone")}
            </button>`
          : ""}
        <button class="send" type="submit">${icon("send")}<span class="unseen">${texts.send}</span></button>
      </form>
      <p class="footnote">
        ${this.listening ? texts.listening : texts.footnote}
        ${this.spokenLanguage === this.language ? "" : texts.inEnglish}
        ${config.demo ? texts.demo : ""}
      </p>
    </div>`;
  }

  private dialogs(): TemplateResult {
    const { texts, conversation } = this;
    const title = `Atlas, ${this.config.clinic}`;
    const words = () => asText(conversation.messages, this.context);
    return html`${displayPanel(texts, this.display, (change) => this.setDisplay(change))}
    ${morePanel(texts, {
      know: () => this.answer("What do you know about me?", texts.know),
      save: () => download("atlas-chat.txt", "text/plain", `${title}\n\n${words()}\n`),
      print: () => print(title, words()),
      copy: () => void this.saveCopy(),
      remove: () => {
        this.deleteFailed = false;
        this.dialog("delete")?.showModal();
      },
      end: () => this.dialog("end")?.showModal(),
    })}
    ${endDialog(texts, () => void conversation.end())}
    ${deleteDialog(texts, this.deleteFailed, () => void this.deleteChat())}
    ${copyDialog(texts, problemWords(this.copyProblem, this.context))}
    ${idleDialog(texts, this.seconds, () => this.activity.note())}
    ${pictureDialog(texts, this.enlarged, this.zoom, (zoom) => {
      this.zoom = zoom;
    })}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "atlas-chat": AtlasChat;
  }
}
