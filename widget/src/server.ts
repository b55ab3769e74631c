import { Problem } from "./problem";
import { lines } from "./streams";
import type { Token } from "./token";
import type { Config, Feedback, Message } from "./types";

const ANSWER_WITHIN_MS = 90_000;

export interface StreamEvent {
  name: string;
  data: Record<string, unknown>;
}

/** The HTTP interface of docs/web_chat.md, from the browser's side. */
export class Server {
  readonly base: string;

  constructor(
    address: string,
    private readonly token: Token,
    private readonly language: () => string,
  ) {
    this.base = new URL(`${address.replace(/\/+$/, "")}/`, document.baseURI).href;
  }

  url(path: string): string {
    return new URL(path, this.base).href;
  }

  async #ask(
    method: string,
    path: string,
    body?: unknown,
    signal: AbortSignal = AbortSignal.timeout(ANSWER_WITHIN_MS),
  ): Promise<Response> {
    const headers: Record<string, string> = { "Accept-Language": this.language() };
    // The facts of the clinic are for everybody, and another site may ask for them plainly.
    if (this.token.value && path !== "config") headers["Authorization"] = `Bearer ${this.token.value}`;
    if (body) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(this.url(path), {
        method,
        headers,
        body: body ? JSON.stringify(body) : null,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal,
      });
    } catch {
      throw new Problem("offline");
    }
    if (response.ok) return response;
    const refusal = await response.json().catch(() => ({}));
    if (response.status === 401) this.token.value = null;
    throw new Problem(refusal.error ?? "failed", refusal.message ?? "");
  }

  async #json(method: string, path: string, body?: unknown): Promise<any> {
    return (await this.#ask(method, path, body)).json();
  }

  async config(): Promise<Config> {
    return this.#json("GET", "config");
  }

  async open(): Promise<Message[]> {
    this.token.value = null;
    const answer = await this.#json("POST", "session", {});
    this.token.value = answer.token;
    return answer.messages.map((message: Message) => ({ ...message, from: "bot" }));
  }

  async history(): Promise<Message[]> {
    return (await this.#json("GET", "history")).messages;
  }

  /** Everything that is kept of this chat, to read, and the same for programs. */
  async copy(): Promise<string> {
    const { text, content } = await this.#json("GET", "copy");
    return `${text}\n\n\nJSON\n\n${JSON.stringify(content, null, 2)}\n`;
  }

  async end(): Promise<void> {
    try {
      await this.#ask("POST", "end", {});
    } finally {
      this.token.value = null;
    }
  }

  /** Tell the server of the end while the page is already going away. */
  endQuietly(): void {
    if (!this.token.value) return;
    void fetch(this.url("end"), {
      method: "POST",
      headers: { Authorization: `Bearer ${this.token.value}`, "Content-Type": "application/json" },
      body: "{}",
      keepalive: true,
      credentials: "omit",
    }).catch(() => undefined);
    this.token.value = null;
  }

  async remove(): Promise<void> {
    await this.#ask("POST", "delete", {});
    this.token.value = null;
  }

  async feedback(message: string, helpful: boolean, reason?: Feedback): Promise<void> {
    await this.#ask("POST", "feedback", { message, helpful, ...(reason && { reason }) });
  }

  /** Yield the bot's messages as they arrive; throw unless the answer is complete. */
  async *answer(id: string, text: string): AsyncGenerator<Message> {
    const response = await this.#ask("POST", "messages", { id, text });
    for await (const line of lines(response)) {
      if (!line) continue;
      const content = JSON.parse(line);
      if (content.type === "done") return;
      if (content.type === "error") throw new Problem(content.error, content.message);
      if (content.type === "message") yield { ...content, from: "bot" };
    }
    throw new Problem("offline");
  }

  /** Yield what the server pushes until the connection ends; the first is named "open". */
  async *events(signal: AbortSignal): AsyncGenerator<StreamEvent> {
    const response = await this.#ask("GET", "events", undefined, signal);
    yield { name: "open", data: {} };
    let name = "message";
    let data = "";
    for await (const line of lines(response)) {
      if (line.startsWith("event:")) name = line.slice(6).trim();
      else if (line.startsWith("data:")) data += line.slice(5);
      else if (!line && data) {
        yield { name, data: JSON.parse(data) };
        name = "message";
        data = "";
      }
    }
  }
}
