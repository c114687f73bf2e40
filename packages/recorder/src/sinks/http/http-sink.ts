import { delayAsked, signMessage, type Clock } from "@muster/foundation";
import { Pool } from "undici";

import { CLOUD_EVENT_TYPE, type OutgoingEvent } from "../cloud-event.ts";
import { headerText } from "../header-text.ts";
import { EventRefused, SinkBusy, type Sink } from "../sink.ts";

/** How long connecting may take, how long the answer may be in coming, and each part of it, in ms. */
const CONNECT_TIMEOUT = 5_000;
const ANSWER_TIMEOUT = 10_000;
/** Most bytes of an answer that are read, to be able to use the connection again; nothing in it matters. */
const ANSWER_LIMIT = 65_536;

/** Statuses that speak of what was posted; all others speak of who was asked. */
const refusals: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);

/** Where a sink posts to. */
export interface HttpSinkSettings {
  readonly url: string;
  /** `whsec_` and the key's base64; without one nothing is signed. */
  readonly secret?: string | undefined;
  /** The `authorization` header. */
  readonly authorization?: string | undefined;
  /** Most requests at a time. */
  readonly concurrency: number;
}

/**
 * Posts each event as a CloudEvent in structured mode, signed as Standard Webhooks has it. Any status from 200 to 299
 * says that it is safe.
 */
export function createHttpSink({ url, secret, authorization, concurrency }: HttpSinkSettings, clock: Clock): Sink {
  const { origin, pathname, search } = new URL(url);
  const keys = secret === undefined ? [] : [Buffer.from(secret.slice("whsec_".length), "base64")];
  const pool = new Pool(origin, {
    connections: concurrency,
    pipelining: 1,
    allowH2: false,
    connectTimeout: CONNECT_TIMEOUT,
    headersTimeout: ANSWER_TIMEOUT,
    bodyTimeout: ANSWER_TIMEOUT,
  });

  async function post(event: OutgoingEvent, signal: AbortSignal): Promise<void> {
    const seconds = Math.floor(clock.now() / 1_000);
    const id = headerText(event.attributes.id);
    const { body: posted, signature } = signMessage(keys, id, seconds, event.text);
    const headers = {
      "content-type": CLOUD_EVENT_TYPE,
      "user-agent": "Muster",
      "webhook-id": id,
      "webhook-timestamp": String(seconds),
      ...(signature !== undefined && { "webhook-signature": signature }),
      ...(authorization !== undefined && { authorization }),
    };
    const path = pathname + search;
    const {
      statusCode,
      headers: answered,
      body,
    } = await pool.request({ method: "POST", path, headers, body: posted, signal });
    await body.dump({ limit: ANSWER_LIMIT, signal });
    if (statusCode >= 200 && statusCode <= 299) return;
    const message = `HTTP status ${statusCode}`;
    if (refusals.has(statusCode)) throw new EventRefused(message);
    const wish = answered["retry-after"];
    const delay = typeof wish === "string" ? delayAsked(wish, clock.now()) : undefined;
    throw delay === undefined ? new Error(message) : new SinkBusy(message, delay);
  }

  return {
    concurrency,
    batchSize: 1,
    async deliver(events, signal) {
      signal.throwIfAborted();
      for (const event of events) await post(event, signal);
    },
    close: () => pool.destroy(),
  };
}
