import { describe, expect, it } from "vitest";
import { Conversation } from "../src/conversation";
import { Problem } from "../src/problem";
import type { Server, StreamEvent } from "../src/server";
import type { Message } from "../src/types";

const bot = (id: string, text: string, more: Partial<Message> = {}): Message => ({
  id,
  from: "bot",
  text,
  ...more,
});

/** A server that answers from memory, and pushes what a test tells it to. */
class FakeServer {
  told: Message[] = [];
  sent: string[] = [];
  failures: Problem[] = [];
  answers: (turn: string, text: string) => Message[] = (turn, text) => [bot(`${turn}:0`, `echo ${text}`)];
  push: (event: StreamEvent) => void = () => undefined;

  async open() {
    this.told = [bot("welcome:0", "Hello")];
    return this.told;
  }

  async history() {
    return this.told;
  }

  async *answer(id: string, text: string) {
    this.sent.push(id);
    const failure = this.failures.shift();
    const answers = this.answers(id, text);
    if (failure) {
      if (failure.code === "failed") yield answers[0]!;
      throw failure;
    }
    this.told = [...this.told, { id, from: "user" as const, text }, ...answers];
    yield* answers;
  }

  async *events(signal: AbortSignal) {
    yield { name: "open", data: {} };
    while (!signal.aborted) {
      yield await new Promise<StreamEvent>((resolve) => {
        this.push = resolve;
      });
    }
  }

  async end() {}
  async remove() {}
  async feedback() {}
  endQuietly() {}
}

async function begun(prepare: (server: FakeServer) => void = () => undefined) {
  const server = new FakeServer();
  prepare(server);
  const said: string[] = [];
  const conversation = new Conversation(server as unknown as Server, {
    changed: () => undefined,
    said: ({ text }) => said.push(text ?? ""),
    notSent: () => said.push("not sent"),
    silent: () => said.push("silent"),
  });
  await conversation.begin();
  const texts = () => conversation.messages.map(({ text }) => text);
  const settled = () => expect.poll(() => conversation.phase, { timeout: 8000 }).toBe("idle");
  return { server, said, conversation, texts, settled };
}

describe("a conversation", () => {
  it("shows and tells each message once, whichever way it arrives", async () => {
    const { server, said, conversation, texts, settled } = await begun();
    conversation.send("hi");
    await settled();
    const [id] = server.sent;
    server.push({ name: "message", data: { ...bot(`${id}:0`, "echo hi") } });
    await Promise.resolve();
    server.push({ name: "changed", data: {} });
    await expect.poll(texts).toEqual(["Hello", "hi", "echo hi"]);
    expect(said).toEqual(["Hello", "echo hi"]);
    conversation.close();
  });

  it("keeps what failed, though the push of the failed answer comes late", async () => {
    const { server, said, conversation, texts, settled } = await begun((server) => {
      server.failures = [new Problem("failed")];
    });
    conversation.send("hi");
    await settled();
    const [id] = server.sent;
    server.push({ name: "message", data: { ...bot(`${id}:0`, "echo hi") } });
    await Promise.resolve();
    await expect.poll(() => texts()).toEqual(["Hello", "hi"]);
    server.push({ name: "failed", data: { id } });
    await new Promise((done) => setTimeout(done, 50));
    expect(texts()).toEqual(["Hello", "hi"]);
    expect(said).toEqual(["Hello", "echo hi", "not sent"]);
    conversation.retry(id!);
    await settled();
    expect(texts()).toEqual(["Hello", "hi", "echo hi"]);
  });

  it("sends a message again under the same id after a broken connection", async () => {
    const { server, conversation, texts, settled } = await begun();
    server.failures = [new Problem("offline")];
    conversation.send("hi");
    await settled();
    expect(new Set(server.sent).size).toBe(1);
    expect(server.sent.length).toBe(2);
    expect(texts()).toEqual(["Hello", "hi", "echo hi"]);
    conversation.close();
  });

  it("takes back a half answer that failed, and retries", async () => {
    const { server, said, conversation, texts, settled } = await begun();
    server.failures = [new Problem("failed", "Sorry.")];
    conversation.send("hi");
    await settled();
    expect(texts()).toEqual(["Hello", "hi"]);
    expect(conversation.messages.at(-1)).toMatchObject({ status: "failed", problem: "Sorry.", retry: true });
    expect(said).toContain("not sent");
    conversation.retry(server.sent[0]!);
    await settled();
    expect(texts()).toEqual(["Hello", "hi", "echo hi"]);
    conversation.close();
  });

  it("puts an answer below its question, also when the next one waits already", async () => {
    const { conversation, texts, settled } = await begun();
    conversation.send("one");
    conversation.send("two");
    await settled();
    expect(texts()).toEqual(["Hello", "one", "echo one", "two", "echo two"]);
    conversation.close();
  });

  it("shows what another tab tapped as the titles of the buttons", async () => {
    const { server, conversation, texts, settled } = await begun();
    const buttons = [
      { title: "Fever", payload: "I have a fever" },
      { title: "Rash", payload: "I have a rash" },
    ];
    server.answers = (turn) => [bot(`${turn}:0`, "Which?", { buttons })];
    conversation.send("hi");
    await settled();
    const text = "I have a fever. I have a rash";
    server.push({ name: "message", data: { id: "other", from: "user", text } });
    await expect.poll(() => texts().at(-1)).toBe("Fever, Rash");
    conversation.close();
  });

  it("keeps what is said while the history is on its way", async () => {
    let arrive: (history: Message[]) => void = () => undefined;
    const { server, conversation, texts, settled } = await begun((fake) => {
      fake.history = () => new Promise((resolve) => (arrive = resolve));
    });
    const old = server.told;
    conversation.send("hi");
    await settled();
    arrive([...old, bot("welcome:1", "A reminder")]);
    await expect.poll(texts).toEqual(["Hello", "hi", "echo hi", "A reminder"]);
    conversation.close();
  });

  it("is over when the token is refused, and says why", async () => {
    const { server, conversation } = await begun();
    server.failures = [new Problem("session_over", "This chat is over.")];
    conversation.send("hi");
    await expect.poll(() => conversation.phase).toBe("over");
    expect(conversation.ending).toBe("expired");
  });

  it("says that the bot kept silent", async () => {
    const { server, said, conversation, settled } = await begun();
    server.answers = () => [];
    conversation.send("hi");
    await settled();
    expect(said).toContain("silent");
    conversation.close();
  });
});
