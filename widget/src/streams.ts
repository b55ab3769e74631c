import { Problem } from "./problem";

/** Yield a response line by line as it arrives; throws "offline" when the connection breaks. */
export async function* lines(response: Response): AsyncGenerator<string> {
  if (!response.body) throw new Problem("offline");
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  try {
    for (;;) {
      const chunk = await reader.read().catch(() => {
        throw new Problem("offline");
      });
      buffer += decoder.decode(chunk.value, { stream: !chunk.done });
      const complete = buffer.split("\n");
      buffer = complete.pop() ?? "";
      yield* complete;
      if (chunk.done) return;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
