import { Problem } from "./problem";
import type { Server } from "./server";
import type { Choice, Feedback, Message } from "./types";
import { uuid } from "./uuid";

/**
 * opening: the settings, or a session, are asked for; notice: nothing has begun; idle and busy: a
 * session is open; over: it has ended; failed: it could not begin.
 */
export type Phase = "notice" | "opening" | "idle" | "busy" | "over" | "failed";

export type Ending = "ended" | "idle" | "deleted" | "expired";

const STARTING_TRIES = 40;
const STARTING_PAUSE_MS = 3000;
const SEND_AGAIN_AFTER_MS = [800, 2500];
const RECONNECT_MS = [500, 1000, 2000, 5000, 10_000, 20_000];

export interface Listener {
  /** Something changed that is seen. */
  changed(): void;
  /** The bot said something new, which has to be told. */
  said(message: Message): void;
  /** The visitor's message could not be sent. */
  notSent(message: Message): void;
  /** The bot had no answer. */
  silent(): void;
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

const belongsTo = (message: Message, turn: string) =>
  message.from === "bot" && message.id.startsWith(`${turn}:`);

/** The choices that a message offers, by payload. */
function* offered({ buttons = [], custom = {} }: Message): Generator<Choice> {
  yield* buttons;
  for (const list of [custom["options"], custom["regions"]]) {
    if (Array.isArray(list)) yield* list as Choice[];
  }
  if (custom["none"] && typeof custom["none"] === "object") yield custom["none"] as Choice;
}

/**
 * One conversation as this tab sees it. The server's history is the truth; every message has an
 * id that is the same in the answer, in the push and in the history, so that nothing is shown
 * twice whichever way it arrives, and after a lost connection nothing is missing.
 */
export class Conversation {
  phase: Phase = "opening";
  ending: Ending | null = null;
  problem = "";
  messages: Message[] = [];
  /** Whether an answer is being written for another tab of this visitor. */
  elsewhere = false;
  rated = new Map<string, boolean>();

  #server: Server;
  #listener: Listener;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #stream: AbortController | null = null;

  constructor(server: Server, listener: Listener) {
    this.#server = server;
    this.#listener = listener;
  }

  /** Show again what this tab, or another one, was talking about; else wait at the notice. */
  async resume(): Promise<void> {
    this.#set("opening");
    try {
      this.messages = await this.#server.history();
      if (this.messages.length) {
        this.#set("idle");
        this.#listen();
        return;
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.code !== "session_over") {
        this.#fail(problem);
        return;
      }
    }
    this.#set("notice");
  }

  /** Begin a session. */
  async begin(): Promise<boolean> {
    this.messages = [];
    this.rated.clear();
    this.ending = null;
    this.#set("opening");
    try {
      const welcome = await this.#open();
      this.#set("idle");
      for (const message of welcome) this.#add(message);
      this.#listen();
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#fail(problem);
      return false;
    }
  }

  async #open(): Promise<Message[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#server.open();
      } catch (problem) {
        const starting = problem instanceof Problem && problem.code === "starting";
        if (!starting || tries === STARTING_TRIES) throw problem;
        await pause(STARTING_PAUSE_MS);
      }
    }
  }

  /** Say something; a tapped choice shows its title and sends its payload. */
  send(payload: string, title = payload): void {
    const at = new Date().toISOString();
    const message: Message = { id: uuid(), from: "user", text: title, payload, at };
    this.messages = [...this.messages, message];
    this.#enqueue(message);
  }

  retry(id: string): void {
    const message = this.messages.find((one) => one.id === id);
    if (message?.status === "failed") this.#enqueue(message);
  }

  #enqueue(message: Message): void {
    this.#change(message.id, { status: "sending", problem: "" });
    this.#waiting += 1;
    this.#set("busy");
    this.#queue = this.#queue
      .then(() => this.#deliver(message))
      .then(() => {
        this.#waiting -= 1;
        if (this.#waiting === 0 && this.phase === "busy") this.#set("idle");
      });
  }

  async #deliver({ id, payload = "" }: Message): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        let count = 0;
        for await (const answer of this.#server.answer(id, payload)) {
          count += 1;
          this.#change(id, { status: undefined });
          this.#add(answer);
        }
        this.#change(id, { status: undefined });
        if (!count) this.#listener.silent();
        return;
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        const wait = SEND_AGAIN_AFTER_MS[tries];
        if (problem.code === "offline" && navigator.onLine && wait) {
          await pause(wait);
          continue;
        }
        this.#cannotDeliver(id, problem);
        return;
      }
    }
  }

  #cannotDeliver(id: string, problem: Problem): void {
    if (problem.code === "failed") this.#takeBack(id);
    const retry = !["session_over", "bad_request", "too_large"].includes(problem.code);
    this.#change(id, { status: "failed", problem: problem.message || problem.code, retry });
    const failed = this.messages.find((one) => one.id === id);
    if (failed) this.#listener.notSent(failed);
    if (problem.code === "session_over") this.#over("expired");
  }

  async end(why: Ending = "ended"): Promise<void> {
    try {
      await this.#server.end();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // Without a connection the token is gone from here all the same, and expires there.
    }
    this.#over(why, []);
  }

  /** Return what the server keeps of the chat; throw a problem where it cannot be had. */
  copy(): Promise<string> {
    return this.#server.copy();
  }

  /** Delete the chat on the server; says whether that worked. */
  async remove(): Promise<boolean> {
    try {
      await this.#server.remove();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.code !== "session_over") return false;
    }
    this.#over("deleted", []);
    return true;
  }

  /** Leave without waiting for anything. */
  leave(): void {
    this.#server.endQuietly();
    this.#over("ended", []);
  }

  async rate(id: string, helpful: boolean, reason?: Feedback): Promise<void> {
    this.rated.set(id, helpful);
    this.#listener.changed();
    try {
      await this.#server.feedback(id, helpful, reason);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // An opinion that is lost is no reason to trouble somebody in pain.
    }
  }

  /** Stop listening, because the element leaves the page. */
  close(): void {
    this.#stream?.abort();
    this.#stream = null;
  }

  // What the server pushes

  #listen(): void {
    this.close();
    const stream = new AbortController();
    this.#stream = stream;
    void this.#follow(stream.signal);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        for await (const { name, data } of this.#server.events(signal)) {
          if (signal.aborted) return;
          if (name === "open") tries = 0;
          await this.#heed(name, data);
        }
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        if (signal.aborted) return;
        if (problem.code === "session_over") {
          this.#over("expired");
          return;
        }
      }
      this.elsewhere = false;
      await pause(RECONNECT_MS[Math.min(tries, RECONNECT_MS.length - 1)]!);
    }
  }

  async #heed(name: string, data: Record<string, unknown>): Promise<void> {
    if (name === "message") this.#hear(data as unknown as Message);
    else if (name === "typing") {
      this.elsewhere = data["busy"] === true && this.#waiting === 0;
      this.#listener.changed();
    } else if (name === "failed" && this.#waiting === 0) {
      this.#takeBack(String(data["id"]));
      // What this tab said itself stays, with the offer to send it again.
      this.messages = this.messages.filter(({ id, status }) => id !== data["id"] || status === "failed");
      this.#listener.changed();
    } else if (name === "ended") this.#over("ended", []);
    else if (name === "open" || name === "changed") await this.#catchUp();
  }

  /** Take a pushed message, unless it is the late echo of an answer that failed here. */
  #hear(message: Message): void {
    const failed = ({ id, status }: Message) => status === "failed" && belongsTo(message, id);
    if (!this.messages.some(failed)) this.#add(message);
  }

  /**
   * Read the history and add what is missing. Nothing is taken away: what the history does not
   * have was said while it was on its way, or is being said right now.
   */
  async #catchUp(): Promise<void> {
    const history = await this.#server.history();
    const known = new Set(this.messages.map(({ id }) => id));
    const merged = [...history];
    this.messages.forEach((message, index) => {
      if (merged.some(({ id }) => id === message.id)) return;
      const before = this.messages[index - 1]?.id;
      const place = merged.findIndex(({ id }) => id === before);
      merged.splice(place < 0 ? merged.length : place + 1, 0, message);
    });
    this.messages = merged;
    for (const message of history) {
      if (!known.has(message.id) && message.from === "bot") this.#listener.said(message);
    }
    this.#listener.changed();
  }

  // What is shown

  #add(message: Message): void {
    if (this.messages.some(({ id }) => id === message.id)) return;
    const shown = { ...message, at: message.at ?? new Date().toISOString() };
    if (message.from === "user") shown.text = this.#titled(message.text ?? "");
    const turn = message.id.replace(/:\d+$/, "");
    const last = this.messages.findLastIndex(
      (one) => one.id === turn || one.id.startsWith(`${turn}:`),
    );
    // An answer belongs below its question, also when the next question is already waiting.
    const place = message.from === "bot" && last >= 0 ? last + 1 : this.messages.length;
    this.messages = this.messages.toSpliced(place, 0, shown);
    if (message.from === "bot") this.#listener.said(shown);
    this.#listener.changed();
  }

  /** What another tab sent is a payload; it is shown as the title of the button it came from. */
  #titled(text: string): string {
    const titles = new Map<string, string>();
    for (const message of this.messages) {
      for (const { payload, title } of offered(message)) titles.set(payload, title);
    }
    return text
      .split(". ")
      .map((part) => titles.get(part) ?? part)
      .join(text.split(". ").every((part) => titles.has(part)) ? ", " : ". ");
  }

  #takeBack(turn: string): void {
    this.messages = this.messages.filter((message) => !belongsTo(message, turn));
  }

  #change(id: string, change: Partial<Message>): void {
    this.messages = this.messages.map((one) => (one.id === id ? { ...one, ...change } : one));
    this.#listener.changed();
  }

  #fail(problem: Problem): void {
    this.problem = problem.message || problem.code;
    this.#set("failed");
  }

  #over(why: Ending, messages = this.messages): void {
    this.close();
    this.messages = messages;
    this.elsewhere = false;
    if (this.phase === "over") return;
    this.ending = why;
    this.#set("over");
  }

  #set(phase: Phase): void {
    this.phase = phase;
    this.#listener.changed();
  }
}
