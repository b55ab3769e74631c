import { keep, recall } from "./storage";

const ASK_MS = 150;

/**
 * The session's token. It lies in the tab's own storage; a second tab of the same site asks the
 * first one for it, so that both show one chat and closing them all forgets it.
 */
export class Token {
  #name: string;
  #value: string | null;
  #channel: BroadcastChannel | null = null;

  constructor(server: string) {
    this.#name = `atlas-chat-token ${server}`;
    this.#value = recall(this.#name);
    if (typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.addEventListener("message", ({ data }) => {
      if (data === "who has it?" && this.#value) this.#channel?.postMessage({ token: this.#value });
    });
  }

  get value(): string | null {
    return this.#value;
  }

  set value(token: string | null) {
    this.#value = token;
    keep(this.#name, token);
  }

  /** Ask the other tabs, when this one has no token of its own. */
  async find(): Promise<string | null> {
    const channel = this.#channel;
    if (this.#value || !channel) return this.#value;
    const answer = new Promise<string | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), ASK_MS);
      channel.addEventListener("message", function listen({ data }) {
        if (typeof data?.token !== "string") return;
        clearTimeout(timer);
        channel.removeEventListener("message", listen);
        resolve(data.token);
      });
    });
    channel.postMessage("who has it?");
    const token = await answer;
    if (token && !this.#value) this.value = token;
    return this.#value;
  }

  close(): void {
    this.#channel?.close();
    this.#channel = null;
  }
}
