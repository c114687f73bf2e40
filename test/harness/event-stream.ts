import type { EventJson } from "@muster/recorder";
import { onTestFinished } from "vitest";

/** One message of a stream of server-sent events; a comment has nothing but `comment`. */
interface StreamMessage {
  readonly id?: string;
  readonly event?: string;
  readonly data?: EventJson;
  readonly comment?: string;
}

/** A consumer of `/v1/stream`. */
export interface EventStream {
  readonly response: Response;
  /** The next message, comments included; `undefined` once the stream has ended. */
  next(): Promise<StreamMessage | undefined>;
  /** The positions of the next so many events. */
  positions(count: number): Promise<string[]>;
  close(): Promise<void>;
}

/** Connects to a stream; it is left when the test is over. */
export async function openEventStream(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const abort = new AbortController();
  onTestFinished(() => {
    abort.abort();
  });
  const response = await fetch(url, { headers, signal: abort.signal });
  const messages = messagesOf(response);
  async function next(): Promise<StreamMessage | undefined> {
    const result = await messages.next();
    return result.done ? undefined : result.value;
  }
  return {
    response,
    next,
    async positions(count) {
      const positions: string[] = [];
      while (positions.length < count) {
        const message = await next();
        if (!message) throw new Error(`the stream ended after ${positions.length} of ${count} events`);
        if (message.id !== undefined) positions.push(message.id);
      }
      return positions;
    },
    async close() {
      abort.abort();
      await messages.return(undefined).catch(() => undefined);
    },
  };
}

async function* messagesOf(response: Response): AsyncGenerator<StreamMessage, undefined> {
  if (!response.body) return undefined;
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      yield messageOf(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
  return undefined;
}

function messageOf(text: string): StreamMessage {
  const fields = text.split("\n").map((line) => {
    const colon = line.indexOf(": ");
    const name = line.slice(0, colon) || "comment";
    const value = line.slice(colon + 2);
    return [name, name === "data" ? (JSON.parse(value) as unknown) : value];
  });
  return Object.fromEntries(fields) as StreamMessage;
}
