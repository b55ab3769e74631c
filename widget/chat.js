// The web chat's page. docs/web_chat.md describes what it sends and what it can show.
// Everything that people or the bot wrote is shown as text nodes, never as HTML.

const TOKEN_KEY = "atlas-chat-token";
const ANSWER_WITHIN_MS = 90_000;
const STARTING_TRIES = 40;

const LEVELS = {
  emergency_ambulance: { title: (number) => `Call ${number} now`, icon: "alert", urgent: true },
  emergency: { title: () => "Go to an emergency department now", icon: "alert", urgent: true },
  consultation_24: { title: () => "Speak to a doctor today", icon: "clock" },
  consultation: { title: () => "Worth an appointment", icon: "calendar" },
  self_care: { title: () => "What you can do at home", icon: "home" },
};

const ICONS = {
  alert: "M12 4 21 19.5H3zM12 10v4.5M12 17v.2",
  calendar: "M5 6.5h14v13H5zM5 10.5h14M9 4v4M15 4v4",
  clock: "M12 7.5V12l3 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
  download: "M12 4v11m-4.5-4 4.5 4.5 4.5-4.5M5 19.5h14",
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
  phone:
    "M6.6 3.5h2.6l1.5 4-2 1.6a12 12 0 0 0 6.2 6.2l1.6-2 4 1.5v2.6a2 2 0 0 1-2.1 2" +
    "A16 16 0 0 1 4.6 5.6a2 2 0 0 1 2-2.1z",
};

const byId = (id) => document.getElementById(id);
const chat = byId("chat");
const { emergency: EMERGENCY, phone: PHONE, crisis: CRISIS } = chat.dataset;

// Building nodes

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

const telephone = (number) => `tel:${number.replace(/[^\d+*#]/g, "")}`;

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const MARKUP = new RegExp(
  String.raw`\*\*(?<bold>.+?)\*\*|(?<url>https?:\/\/[^\s<>"]+)|(?<![\w+-])(?<number>` +
    [EMERGENCY, PHONE, CRISIS].filter(Boolean).map(escaped).join("|") +
    String.raw`)(?![\w-])`,
  "g",
);

function inline(text) {
  const nodes = [];
  let position = 0;
  for (const match of text.matchAll(MARKUP)) {
    const { bold, url, number } = match.groups;
    let length = match[0].length;
    let node;
    if (bold) {
      node = element("strong", {}, ...inline(bold));
    } else if (url) {
      // A full stop or bracket after an address belongs to the sentence.
      const address = url.replace(/[.,;:!?)\]]+$/, "");
      length = address.length;
      node = element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address);
    } else {
      node = element("a", { href: telephone(number) }, number);
    }
    nodes.push(text.slice(position, match.index), node);
    position = match.index + length;
  }
  nodes.push(text.slice(position));
  return nodes;
}

function paragraph(lines) {
  const node = element("p");
  lines.forEach((line, index) => {
    if (index) node.append(element("br"));
    node.append(...inline(line));
  });
  return node;
}

// How far an interview is, at the start of a question: "(Question 2 of about 7)".
const PROGRESS = /^\((?<label>\p{L}+ (?<now>\d+) of (?:about )?(?<all>\d+))\)\s*/u;
const WHY = /^(?<label>Why: (?:you mentioned )?)(?<reasons>.+?)\.?$/;
const FACT = /^- (?<name>\p{Lu}[\p{L} ]{0,18}): (?<value>.+)$/u;

function progress({ label, now, all }) {
  const bar = element("progress", { max: Math.max(now, all), value: Number(now) });
  bar.setAttribute("aria-hidden", "true"); // the words beside it say the same
  return element("p", { className: "progress" }, label, bar);
}

function facts(lines) {
  const list = element("dl", { className: "facts" });
  for (const { name, value } of lines.map((line) => FACT.exec(line).groups)) {
    const row = element("div", {}, element("dt", {}, name), element("dd", {}, ...inline(value)));
    list.append(row);
  }
  return list;
}

function bullets(lines) {
  return element("ul", {}, ...lines.map((line) => element("li", {}, ...inline(line))));
}

function reasons(line) {
  const { label, reasons: joined } = WHY.exec(line).groups;
  const each = joined.split("; ");
  const name = element("strong", {}, label.trimEnd());
  if (each.length === 1) return [element("p", {}, name, " ", ...inline(`${joined}.`))];
  return [element("p", { className: "before-list" }, name), bullets(each)];
}

function kindOf(line) {
  if (line.startsWith("- ")) return "list";
  if (WHY.test(line)) return "why";
  return /^(Source|\(Rules? )/.test(line) ? "source" : "text";
}

function nodesOf({ kind, lines }) {
  if (kind === "why") return lines.flatMap(reasons);
  if (kind === "list" && lines.length > 1 && lines.every((line) => FACT.test(line))) {
    return [facts(lines)];
  }
  if (kind === "list") return [bullets(lines.map((line) => line.slice(2)))];
  const node = paragraph(lines.map((line) => line.replace(/^\((Rules? .*)\)$/, "$1")));
  if (kind === "source") node.className = "source";
  return [node];
}

// Light markup: **bold**, line breaks, "- " lists, links, the clinic's numbers, and a few forms
// that docs/web_chat.md lists.
function rich(text) {
  const node = element("div", { className: "rich" });
  const counted = PROGRESS.exec(text);
  if (counted) node.append(progress(counted.groups));
  const blocks = [];
  let block = null;
  const written = counted ? text.slice(counted[0].length) : text;
  for (const line of written.split("\n").map((spaced) => spaced.trim())) {
    if (!line) {
      block = null;
      continue;
    }
    if (block?.kind !== kindOf(line)) {
      block = { kind: kindOf(line), lines: [] };
      blocks.push(block);
    }
    block.lines.push(line);
  }
  node.append(...blocks.flatMap(nodesOf));
  return node;
}

const PICTURE = /^[a-z0-9_]+\.svg$/;

// A drawing of the knowledge base; opened by itself it can be zoomed.
function picture({ file, title, alt }) {
  const address = new URL(`pictures/${file}`, import.meta.url).href;
  const drawing = element("img", { src: address, alt: String(alt), decoding: "async" });
  const link = element("a", { href: address, target: "_blank", rel: "noopener" }, drawing);
  link.setAttribute("aria-label", `${alt} Opens the picture by itself.`);
  const caption = element("figcaption", {}, `${title}. Tap it to make it larger.`);
  return element("figure", { className: "bubble picture" }, link, caption);
}

const plain = (text) => text.replace(/\*\*(.+?)\*\*/g, "$1");

// The server

class Problem extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function noConnection() {
  return new Problem("offline", `Atlas cannot be reached. In an emergency, call ${EMERGENCY}.`);
}

class Server {
  #token = null;

  constructor() {
    try {
      this.#token = sessionStorage.getItem(TOKEN_KEY);
    } catch {
      // Storage is switched off: the chat then lives as long as the page.
    }
  }

  get hasToken() {
    return this.#token !== null;
  }

  #keep(token) {
    this.#token = token;
    try {
      if (token) sessionStorage.setItem(TOKEN_KEY, token);
      else sessionStorage.removeItem(TOKEN_KEY);
    } catch {
      // As above.
    }
  }

  async #ask(method, path, body) {
    const headers = {};
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(new URL(path, import.meta.url), {
        method,
        headers,
        body: body && JSON.stringify(body),
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } catch {
      throw noConnection();
    }
    if (response.ok) return response;
    const refusal = await response.json().catch(() => ({}));
    if (response.status === 401) this.#keep(null);
    throw new Problem(
      refusal.error ?? "failed",
      refusal.message ?? `Something went wrong. In an emergency, call ${EMERGENCY}.`,
    );
  }

  async open() {
    this.#keep(null);
    const answer = await (await this.#ask("POST", "session", {})).json();
    this.#keep(answer.token);
    return answer.messages;
  }

  async history() {
    return (await (await this.#ask("GET", "history")).json()).messages;
  }

  async end() {
    try {
      await this.#ask("POST", "end", {});
    } finally {
      this.#keep(null);
    }
  }

  // Yields the bot's messages as they arrive; throws unless the answer is complete.
  async *answer(id, text) {
    const response = await this.#ask("POST", "messages", { id, text });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      let chunk;
      try {
        chunk = await reader.read();
      } catch {
        throw noConnection();
      }
      if (chunk.done) throw noConnection();
      buffer += chunk.value;
      const lines = buffer.split("\n");
      buffer = lines.pop();
      for (const line of lines.filter(Boolean).map((text_) => JSON.parse(text_))) {
        if (line.type === "done") return;
        if (line.type === "error") throw new Problem(line.error, line.message);
        if (line.type === "message") yield line;
      }
    }
  }
}

// crypto.randomUUID needs HTTPS, which a test on the clinic's own network may lack.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// What is seen and heard

// A checklist brings its choices itself, or makes the message's buttons choices to tick.
// The page comes inside the message and becomes a file here: it has no address of its own.
function summaryFile({ page, file }) {
  const blob = new Blob([String(page)], { type: "text/html;charset=utf-8" });
  const link = element("a", { className: "download", href: URL.createObjectURL(blob) });
  link.download = String(file ?? "summary.html").replace(/[^\w.-]/g, "");
  link.append(icon("download"), "Save this as a page to print");
  return link;
}

function checklistOf({ kind, options, none }, buttons) {
  if (kind !== "checklist") return null;
  if (Array.isArray(options)) return { options, none };
  const choices = buttons.filter(({ title }) => title !== none);
  return choices.length && { options: choices, none: buttons.find(({ title }) => title === none) };
}

// "**Booked.** <summary>" at the start of the text becomes the card's heading.
function withoutSummary(text, summary) {
  const [first, ...others] = text.split("\n\n");
  const [, heading, said] = /^\*\*(.+?)\.?\*\* (.+)$/.exec(first) ?? [];
  return said === summary ? { heading, rest: others.join("\n\n") } : { rest: text };
}

// "Tue Nov 24, 9:00 AM with Dr. Demo": the time counts, the name follows more quietly.
const SLOT = /^(?<when>.+\d (?:AM|PM)) (?<who>with .+)$/;

function slot(title) {
  const { when, who } = SLOT.exec(title)?.groups ?? {};
  if (!who) return element("span", {}, title);
  const quiet = element("span", { className: "who" }, who);
  return element("span", {}, element("strong", {}, when), " ", quiet);
}

class View {
  #log = byId("log");
  #more = byId("more");
  #typing = null;
  #onChoice;

  // onChoice(text, title) is called when the visitor taps instead of typing.
  constructor(onChoice) {
    this.#onChoice = onChoice;
    this.#more.addEventListener("click", () => {
      this.#log.scrollBy({ top: this.#log.clientHeight - 64 });
    });
    this.#log.addEventListener("scroll", () => this.#offerMore(), { passive: true });
    new ResizeObserver(() => this.#offerMore()).observe(this.#log);
  }

  set state(state) {
    chat.dataset.state = state;
    this.#log.setAttribute("aria-busy", String(state === "busy" || state === "starting"));
    byId("composer").hidden = state === "ended" || state === "failed";
    byId("end").hidden = state === "starting" || state === "ended" || state === "failed";
  }

  clear() {
    this.#log.replaceChildren();
    byId("polite").replaceChildren();
    byId("urgent").replaceChildren();
    delete chat.dataset.urgent;
    this.#offerMore();
  }

  user(text) {
    this.closeChoices();
    const bubble = element("div", { className: "bubble" });
    bubble.append(element("span", { className: "unseen" }, "You said: "), text);
    const turn = element("div", { className: "turn user" }, bubble);
    this.#log.append(turn);
    this.#showNewest();
    return turn;
  }

  // Returns the nodes it added, so that a broken answer can be taken back.
  bot(message, { silent = false } = {}) {
    this.typing(false);
    const added = this.#render(message);
    if (!added.length) return added;
    let turn = this.#log.lastElementChild;
    if (!turn?.matches(".turn.bot")) {
      const speaker = element("p", { className: "speaker" }, "Atlas");
      turn = element("div", { className: "turn bot" }, speaker);
      this.#log.append(turn);
    }
    turn.append(...added);
    if (!silent) this.#announce(message);
    this.#showNewest();
    return added;
  }

  // A line of the page itself, with an optional button.
  note(text, label, action) {
    this.typing(false);
    const note = element("div", { className: "note" }, element("p", {}, ...inline(text)));
    if (label) {
      const button = element("button", { className: "solid", type: "button" }, label);
      button.addEventListener("click", () => {
        note.remove();
        action();
      });
      note.append(button);
    }
    this.#log.append(note);
    this.#say(byId("polite"), text);
    this.#showNewest();
    return note;
  }

  failed(turn, problem, retry) {
    const words = problem.code === "offline" ? `Not sent. ${problem.message}` : problem.message;
    turn.classList.add("failed");
    const trouble = element(
      "div",
      { className: "trouble" },
      element("span", {}, ...inline(words)),
    );
    if (retry) {
      const button = element("button", { className: "quiet", type: "button" }, "Retry");
      button.addEventListener("click", () => {
        turn.classList.remove("failed");
        trouble.remove();
        retry();
      });
      trouble.append(button);
    }
    turn.append(trouble);
    this.#say(byId("polite"), words);
    this.#showNewest();
  }

  typing(on) {
    this.#typing?.remove();
    this.#typing = null;
    if (!on) return;
    const dots = [element("i"), element("i"), element("i")];
    const bubble = element("div", { className: "bubble typing", ariaHidden: "true" }, ...dots);
    this.#typing = element("div", { className: "turn waiting" }, bubble);
    this.#log.append(this.#typing);
    this.#showNewest();
  }

  closeChoices() {
    for (const choices of this.#log.querySelectorAll(".choices")) choices.remove();
  }

  #render(message) {
    const custom = message.custom ?? {};
    const buttons = message.buttons ?? [];
    if (custom.kind === "level" && LEVELS[custom.level]) {
      chat.toggleAttribute("data-urgent", Boolean(LEVELS[custom.level].urgent));
      return [this.#level(custom, message.text), ...this.#replies(buttons)];
    }
    if (custom.kind === "appointment") {
      return [this.#appointment(custom, message.text), ...this.#replies(buttons)];
    }
    if (custom.kind === "summary" && custom.page) {
      const text = element("div", { className: "bubble" }, rich(message.text ?? ""));
      return [text, summaryFile(custom), ...this.#replies(buttons)];
    }
    if (custom.kind === "picture" && PICTURE.test(custom.file)) return [picture(custom)];
    const nodes = [];
    const text = message.text ? rich(message.text) : null;
    if (text) {
      nodes.push(element("div", { className: "bubble" }, text));
      text.id = `text-${uuid()}`;
    }
    const checklist = checklistOf(custom, buttons);
    if (checklist) nodes.push(this.#checklist(checklist, text?.id));
    else nodes.push(...this.#replies(buttons));
    return nodes;
  }

  // Short answers stand side by side; where some are long they are a list, one below the other.
  #replies(buttons) {
    if (!buttons.length) return [];
    const long = buttons.length > 2 && buttons.some(({ title }) => title.length > 30);
    const group = element("div", { className: "replies choices", role: "group" });
    group.setAttribute("aria-label", "Suggested replies");
    group.classList.toggle("long", long);
    for (const { title, payload } of buttons) {
      const button = element("button", { className: "reply", type: "button" });
      button.append(long ? slot(title) : title);
      button.addEventListener("click", () => this.#onChoice(payload || title, title));
      group.append(button);
    }
    return [group];
  }

  #checklist({ options, none }, labelId) {
    const boxes = options.map(({ title }) => {
      const box = element("input", { type: "checkbox" });
      return { box, row: element("label", { className: "option" }, box, element("span", {}, title)) };
    });
    const actions = element("div", { className: "checklist-actions" });
    const send = element("button", { className: "solid", type: "button" }, "Send");
    actions.append(send);
    send.addEventListener("click", () => {
      const chosen = options.filter((_, index) => boxes[index].box.checked);
      if (!chosen.length) {
        actions.querySelector(".checklist-problem")?.remove();
        const hint = none ? `Choose at least one, or “${none.title}”.` : "Choose at least one.";
        actions.prepend(element("p", { className: "checklist-problem", role: "alert" }, hint));
        boxes[0].box.focus({ preventScroll: true });
        actions.scrollIntoView({ block: "nearest" });
        return;
      }
      this.#onChoice(
        chosen.map(({ payload }) => payload).join(". "),
        chosen.map(({ title }) => title).join(", "),
      );
    });
    if (none) {
      const button = element("button", { className: "quiet", type: "button" }, none.title);
      button.addEventListener("click", () => this.#onChoice(none.payload, none.title));
      actions.append(button);
    }
    const list = element("fieldset", { className: "checklist choices" });
    if (labelId) list.setAttribute("aria-labelledby", labelId);
    else list.setAttribute("aria-label", "Choose all that apply");
    list.append(...boxes.map(({ row }) => row), actions);
    return list;
  }

  #level({ level }, text) {
    const { title, icon: name, urgent } = LEVELS[level];
    const head = element("p", { className: "card-head" }, icon(name), title(EMERGENCY));
    const card = element("div", { className: `card level ${level}` }, head);
    const body = element("div", { className: "card-body" });
    if (text) body.append(rich(text));
    if (urgent) {
      card.classList.add("urgent");
      const call = element("a", { className: "big-call", href: telephone(EMERGENCY) });
      call.append(icon("phone"), `Call ${EMERGENCY}`);
      // Below the first lines: what comes after them may be out of sight.
      const lead = body.querySelector(".rich > p");
      if (lead) lead.after(call);
      else body.append(call);
    }
    if (body.hasChildNodes()) card.append(body);
    return card;
  }

  #appointment({ reference, summary, ics, title }, text) {
    const said = String(summary ?? "");
    const { heading, rest } = withoutSummary(text ?? "", said);
    const head = element("p", { className: "card-head" }, icon("calendar"));
    head.append(title ?? heading ?? "Your visit");
    const body = element("div", { className: "card-body" });
    if (said) {
      const shown = SLOT.test(said) ? slot(said) : rich(said);
      body.append(element("div", { className: "summary" }, shown));
    }
    if (reference) {
      const code = element("code", {}, String(reference));
      body.append(element("p", { className: "reference" }, "Reference", code));
    }
    if (ics) {
      const file = new Blob([String(ics)], { type: "text/calendar;charset=utf-8" });
      const link = element("a", { className: "download", href: URL.createObjectURL(file) });
      link.download = `${String(reference ?? "visit").replace(/[^\w-]/g, "")}.ics`;
      link.append(icon("download"), "Add to calendar");
      body.append(link);
    }
    if (rest) {
      const after = rich(rest);
      after.classList.add("after");
      body.append(after);
    }
    return element("div", { className: "card appointment" }, head, body);
  }

  // The log itself is no live region: screen readers would read it again from the top.
  #announce({ text = "", buttons = [], custom = {} }) {
    const level = LEVELS[custom.level];
    const words = ["Atlas:"];
    if (level) words.push(`${level.title(EMERGENCY)}.`);
    words.push(plain(text));
    const summary = custom.kind === "appointment" ? String(custom.summary ?? "") : "";
    if (!text.includes(summary)) words.push(plain(summary));
    if (custom.kind === "picture") words.push(`Picture: ${custom.alt}`);
    const choices = (custom.kind === "checklist" && custom.options) || buttons;
    if (choices.length) words.push(`Choices: ${choices.map(({ title }) => title).join(", ")}.`);
    this.#say(byId(level?.urgent ? "urgent" : "polite"), words.join(" "));
  }

  #say(region, text) {
    region.append(element("p", {}, text));
    while (region.childElementCount > 5) region.firstElementChild.remove();
  }

  // Shows the end of the conversation, but never scrolls the start of what is new out of sight:
  // from the visitor's last message where that fits, else from the beginning of the answer.
  #showNewest() {
    const turns = [...this.#log.querySelectorAll(":scope > .turn, :scope > .note")];
    const said = turns.findLastIndex((turn) => turn.matches(".user"));
    const [question, answer] = turns.slice(Math.max(said, 0));
    const last = turns.at(-1);
    const room = Math.min(this.#log.clientHeight, window.innerHeight) - 32;
    const fits = (first) =>
      last.getBoundingClientRect().bottom - first.getBoundingClientRect().top <= room;
    const first = answer ?? question;
    if (fits(question) || fits(first)) last.scrollIntoView({ block: "end" });
    else first.scrollIntoView({ block: "start" });
    this.#offerMore();
  }

  #offerMore() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    this.#more.hidden = scrollHeight - scrollTop - clientHeight < 40;
  }
}

// The conversation

class Conversation {
  #server = new Server();
  #view = new View((text, title) => this.send(text, title));
  #queue = Promise.resolve();
  #waiting = 0;

  async start() {
    this.#view.clear();
    this.#view.state = "starting";
    this.#view.typing(true);
    try {
      const earlier = this.#server.hasToken ? await this.#earlier() : [];
      if (earlier.length) this.#restore(earlier);
      else for (const message of await this.#open()) this.#view.bot(message);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#view.state = "failed";
      this.#view.note(problem.message, "Try again", () => this.start());
      return;
    }
    this.#view.typing(false);
    this.#view.state = "idle";
  }

  async #earlier() {
    try {
      return await this.#server.history();
    } catch (problem) {
      // The chat is over, or the server keeps nothing of it any more: begin a new one.
      if (problem.code === "session_over") return [];
      throw problem;
    }
  }

  #restore(messages) {
    for (const message of messages) {
      if (message.from === "user") this.#view.user(message.text);
      else this.#view.bot(message, { silent: true });
    }
  }

  async #open() {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#server.open();
      } catch (problem) {
        if (problem.code !== "starting" || tries === STARTING_TRIES) throw problem;
        await new Promise((resolve) => setTimeout(resolve, 3000));
      }
    }
  }

  send(text, title = text) {
    const message = { id: uuid(), text, title, turn: this.#view.user(title) };
    this.#enqueue(message);
    // On a touch screen, focus in the box would open the keyboard over the answer.
    if (!matchMedia("(pointer: coarse)").matches) box.focus();
    else if (document.activeElement === box) box.blur();
    else byId("log").focus();
  }

  #enqueue(message) {
    this.#waiting += 1;
    this.#view.state = "busy";
    this.#view.typing(true);
    this.#queue = this.#queue.then(() => this.#deliver(message)).then(() => {
      this.#waiting -= 1;
      this.#view.typing(this.#waiting > 0);
      if (this.#waiting === 0 && chat.dataset.state === "busy") this.#view.state = "idle";
    });
  }

  async #deliver(message) {
    const shown = [];
    try {
      for await (const line of this.#server.answer(message.id, message.text)) {
        shown.push(...this.#view.bot(line));
        this.#view.typing(true);
      }
      if (!shown.length) {
        this.#view.note("Atlas has no answer to that. Please write it in another way.");
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#view.typing(false);
      // The server replays a complete answer to the same id: what came so far would be double.
      for (const node of shown) node.remove();
      this.#cannotDeliver(message, problem);
    }
  }

  #cannotDeliver(message, problem) {
    if (problem.code === "session_over") {
      this.#view.failed(message.turn, problem);
      this.#over(problem.message);
      if (message.title === message.text) byId("message").value = message.text;
      return;
    }
    const pointless = problem.code === "bad_request" || problem.code === "too_large";
    const retry = () => {
      this.#view.closeChoices();
      this.#enqueue(message);
    };
    this.#view.failed(message.turn, problem, pointless ? undefined : retry);
  }

  async end() {
    try {
      await this.#server.end();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // Without a connection the token is gone from here all the same, and expires there.
    }
    this.#view.clear();
    this.#over("This chat has ended. Nothing of it is kept in this browser.");
  }

  #over(text) {
    this.#view.closeChoices();
    this.#view.state = "ended";
    this.#view.note(text, "Start a new chat", () => this.start());
  }
}

// The page's own controls

const conversation = new Conversation();
const box = byId("message");
const composer = byId("composer");

function fitBox() {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (!text || chat.dataset.state === "starting") return;
  box.value = "";
  fitBox();
  conversation.send(text);
});

box.addEventListener("input", fitBox);
box.addEventListener("keydown", (event) => {
  // isComposing: Enter then chooses a word of an input method and must not send.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

const dialog = byId("end-dialog");
byId("end").addEventListener("click", () => {
  dialog.returnValue = "";
  dialog.showModal();
});
dialog.addEventListener("close", () => {
  if (dialog.returnValue === "end") conversation.end();
});

const offline = byId("offline");
function showConnection() {
  offline.textContent = navigator.onLine
    ? ""
    : `You are offline, so Atlas cannot answer. In an emergency, call ${EMERGENCY}.`;
  offline.hidden = navigator.onLine;
}
addEventListener("online", showConnection);
addEventListener("offline", showConnection);
showConnection();

conversation.start();
