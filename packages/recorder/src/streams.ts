import type { ServerResponse } from "node:http";

import type { Clock, Logger } from "@muster/foundation";

import { eventJson } from "./event-json.ts";
import type { EventFilter, RecordedCallback } from "./journal/event-reader.ts";
import type { Journal } from "./journal/journal.ts";

/** How often a consumer to whom nothing is said hears that the connection is there, in ms. */
const HEARTBEAT = 15_000;
/** Most events that are read in one go. */
const PART = 50;

/** What streams are made of. */
export interface StreamParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Those who are told of the journal's events as they come, by server-sent events. */
export interface Streams {
  /** Sends a consumer the events behind a position, and goes on with what comes. */
  open(response: ServerResponse, filter: EventFilter, after: number): void;
  count(): number;
  /** Ends every stream. */
  closeAll(): void;
}

export function createStreams({ journal, clock, log }: StreamParts): Streams {
  const closers = new Set<() => void>();
  return {
    open(response, filter, after) {
      const onProblem = (error: unknown): void => log.error({ err: error }, "a stream could not be read");
      const close = openStream({ journal, clock, response, filter, after, onProblem });
      closers.add(close);
      response.once("close", () => {
        close();
        closers.delete(close);
      });
    },
    count: () => closers.size,
    closeAll() {
      for (const close of closers) close();
    },
  };
}

interface Stream {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly response: ServerResponse;
  readonly filter: EventFilter;
  readonly after: number;
  readonly onProblem: (error: unknown) => void;
}

/**
 * One consumer. It is WAITING for a commit, DUE to read (at the end of this turn), READING, BLOCKED until the consumer
 * has taken what was written, or CLOSED. What has been sent is remembered as a position in the journal alone,
 * so a slow consumer costs no more memory than a quick one: while it is BLOCKED nothing is read for it.
 * @returns ends it
 */
function openStream({ journal, clock, response, filter, after, onProblem }: Stream): () => void {
  let state: "WAITING" | "DUE" | "READING" | "BLOCKED" | "CLOSED" = "WAITING";
  /** Whether something was committed since the journal was looked into. */
  let committed = false;
  let position = after;
  let cancelHeartbeat = (): void => {};

  const isClosed = (): boolean => state === "CLOSED";

  function due(): void {
    committed = true;
    if (state !== "WAITING") return;
    state = "DUE";
    setImmediate(() => void send());
  }

  async function send(): Promise<void> {
    if (state !== "DUE") return;
    state = "READING";
    committed = false;
    try {
      const { events, more } = await journal.readEvents(filter, position, PART);
      if (isClosed()) return;
      for (const event of events) {
        position = event.position;
        if (!response.write(frame(event))) {
          state = "BLOCKED";
          return;
        }
      }
      state = "WAITING";
      if (more || committed) due();
    } catch (error) {
      onProblem(error);
      close();
    }
  }

  function heartbeat(): void {
    if (state !== "BLOCKED") response.write(": still here\n\n");
    cancelHeartbeat = clock.after(HEARTBEAT, heartbeat);
  }

  function drained(): void {
    if (state !== "BLOCKED") return;
    state = "WAITING";
    due();
  }

  const forget = journal.onCommit(due);

  function close(): void {
    if (state === "CLOSED") return;
    const blocked = state === "BLOCKED";
    state = "CLOSED";
    forget();
    cancelHeartbeat();
    // Who does not take what was written would not take the end either, and hold up the program's.
    if (blocked) response.destroy();
    else response.end();
  }

  response.on("drain", drained);
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    // No other request follows a stream on its connection.
    connection: "close",
    // Proxies are asked not to wait until they have a lot.
    "x-accel-buffering": "no",
  });
  response.write(": the journal's events follow\n\n");
  cancelHeartbeat = clock.after(HEARTBEAT, heartbeat);
  due();
  return close;
}

function frame(event: RecordedCallback): string {
  return `id: ${event.position}\nevent: callback\ndata: ${JSON.stringify(eventJson(event))}\n\n`;
}
