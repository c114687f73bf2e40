import { useEffect, useState } from "react";

import { call, urlOf, type AnswerOf, type InputOf } from "../../api/call.ts";
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

/** What was told since one began to watch. */
export interface LiveStream {
  /** The newest first, at most 1,000. */
  readonly deliveries: readonly LiveDelivery[];
  /** How many there were, and how many of them were sent here. */
  readonly total: number;
  readonly shown: number;
  /** Whether what happens at this moment will be told. */
  readonly isOpen: boolean;
}

const nothing: LiveStream = { deliveries: [], total: 0, shown: 0, isOpen: false };

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
    const turn = (isOpen: boolean): void => change((stream) => ({ ...stream, isOpen }));
    void watch(urlOf("streamDeliveries", { query: asked }), { take, turn }, abort.signal);
    return () => abort.abort();
  }, [key]);

  return state.key === key ? state.stream : nothing;
}

/** Who hears of a stream. */
interface Listener {
  readonly take: (batch: Batch) => void;
  /** It is open from now on, or is not any more. */
  readonly turn: (isOpen: boolean) => void;
}

async function watch(url: string, listener: Listener, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await streamEnd(url, listener, signal);
    if (signal.aborted) return;
    listener.turn(false);
    // Says whether it was the session that ended, and waits for a new one.
    await call("readSession", { signal }).catch(() => connectionLost());
    await whenStore(connection, (state) => state === "works");
  }
}

/** Resolves when a stream ends, for whatever reason. */
function streamEnd(url: string, { take, turn }: Listener, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource(url);
    const end = (): void => {
      source.close();
      resolve();
    };
    source.addEventListener("open", () => turn(true));
    source.addEventListener("message", ({ data }: MessageEvent<string>) => take(JSON.parse(data) as Batch));
    source.addEventListener("error", end);
    signal.addEventListener("abort", end, { once: true });
  });
}
