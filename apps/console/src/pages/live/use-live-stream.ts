import { useEffect, useState } from "react";

import { call, refusalOf, urlOf, type AnswerOf, type ApiError, type InputOf } from "../../api/call.ts";
import { connection, connectionLost } from "../../api/connection.ts";
import { whenStore } from "../../state/store.ts";

type Batch = AnswerOf<"streamDeliveries">;
type Query = InputOf<"streamDeliveries">["query"];

/** An attempt that was made. */
export type LiveDelivery = Batch["deliveries"][number] & {
  /** Names it within the page. */
  readonly key: number;
};

/** Most that are kept to be looked at. */
const MOST = 1_000;
/** How soon a stream that was refused is asked for again, in ms: this, then twice as much each time, up to the other. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** What was told since one began to watch. */
export interface LiveStream {
  /** The newest first, at most 1,000. */
  readonly deliveries: readonly LiveDelivery[];
  /** How many there were, and how many of them were sent here. */
  readonly total: number;
  readonly shown: number;
  /** Whether what happens at this moment will be told. */
  readonly isOpen: boolean;
  /** Why it cannot be opened. */
  readonly refusal: ApiError | undefined;
}

const nothing: LiveStream = { deliveries: [], total: 0, shown: 0, isOpen: false, refusal: undefined };

/** Watches attempts as they are made; where the connection or the session ends, goes on when it is back. */
export function useLiveStream(query: Query): LiveStream {
  const key = JSON.stringify(query);
  const [state, setState] = useState<{ readonly key: string; readonly stream: LiveStream }>({ key, stream: nothing });

  useEffect(() => {
    const abort = new AbortController();
    const asked = JSON.parse(key) as Query;
    let count = 0;
    const change = (changed: (stream: LiveStream) => LiveStream): void => {
      if (abort.signal.aborted) return;
      setState((before) => ({ key, stream: changed(before.key === key ? before.stream : nothing) }));
    };
    const take = ({ total, deliveries }: Batch): void => {
      const newest = deliveries.map((one) => ({ ...one, key: (count += 1) })).toReversed();
      change((stream) => ({
        ...stream,
        deliveries: [...newest, ...stream.deliveries].slice(0, MOST),
        total: stream.total + total,
        shown: stream.shown + deliveries.length,
      }));
    };
    const turn = (isOpen: boolean, refusal?: ApiError): void => change((stream) => ({ ...stream, isOpen, refusal }));
    void watch(asked, { take, turn }, abort.signal);
    return () => abort.abort();
  }, [key]);

  return state.key === key ? state.stream : nothing;
}

/** Who hears of a stream. */
interface Listener {
  readonly take: (batch: Batch) => void;
  /** It is open from now on, or is not any more. */
  readonly turn: (isOpen: boolean, refusal?: ApiError) => void;
}

async function watch(query: Query, listener: Listener, signal: AbortSignal): Promise<void> {
  for (let pause = FIRST_PAUSE / 2; !signal.aborted;) {
    const wasOpen = await streamEnd(urlOf("streamDeliveries", { query }), listener, signal);
    if (signal.aborted) return;
    listener.turn(false);
    // Says whether it was the session that ended, and waits for a new one.
    await call("readSession", { signal }).catch(() => connectionLost());
    await whenStore(connection, (state) => state === "works");
    pause = wasOpen ? FIRST_PAUSE / 2 : Math.min(2 * pause, LONGEST_PAUSE);
    if (wasOpen || signal.aborted) continue;
    // What was refused is refused again, for all that is known.
    const refusal = await refusalOf("streamDeliveries", { query, signal }).catch(() => undefined);
    listener.turn(false, refusal);
    await moment(pause, signal);
  }
}

/** Resolves when a stream ends, for whatever reason, with whether it was open. */
function streamEnd(url: string, { take, turn }: Listener, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    let wasOpen = false;
    const source = new EventSource(url);
    const end = (): void => {
      signal.removeEventListener("abort", end);
      source.close();
      resolve(wasOpen);
    };
    source.addEventListener("open", () => {
      wasOpen = true;
      turn(true);
    });
    source.addEventListener("message", ({ data }: MessageEvent<string>) => take(JSON.parse(data) as Batch));
    source.addEventListener("error", end);
    signal.addEventListener("abort", end);
  });
}

function moment(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
