import { callbackSign, callbackUrl } from "@muster/protocol";
import type { Clock } from "@muster/foundation";
import { Pool } from "undici";

import type { Apps, CallbackSettings } from "../app-settings.ts";
import type { Attempt, PendingCallback } from "../ports.ts";
import { VERSION } from "../version.ts";
import { guardedConnector, type Resolve } from "./address-guard.ts";
import { outcomeOf } from "./attempt-outcome.ts";
import { keptAnswer, readAnswer } from "./read-answer.ts";
import { webhookSignature } from "./webhook-signature.ts";

/** The deadline of a callback, in ms, from connecting to the last byte of the answer. */
const DEADLINE = 2_000;
/** Most connections to one origin. */
const CONNECTIONS = 64;

/** Makes attempts: one POST each. */
export interface HttpSender {
  /** Never throws: what went wrong is in the attempt. `undefined` where the app has no URL. */
  send(callback: PendingCallback, number: number): Promise<Attempt | undefined>;
  close(): Promise<void>;
}

export interface HttpSenderOptions {
  /** From connecting to the last byte of the answer, in ms; 2 s where it is absent, as documented. */
  readonly deadline?: number;
  /** How names are resolved; as the machine does it where it is absent. */
  readonly resolve?: Resolve;
}

/** The app's settings are read again for each attempt: a callback goes to the URL configured when it is sent. */
export function createHttpSender(apps: Apps, clock: Clock, options: HttpSenderOptions = {}): HttpSender {
  const { deadline = DEADLINE, resolve } = options;
  const pools = new Map<string, Pool>();
  const signer = createSigner();

  function poolFor(origin: string, allowPrivateNetwork: boolean): Pool {
    const key = `${origin} ${allowPrivateNetwork}`;
    let pool = pools.get(key);
    if (!pool) {
      pool = new Pool(origin, {
        connections: CONNECTIONS,
        pipelining: 1,
        headersTimeout: deadline,
        bodyTimeout: deadline,
        connect: guardedConnector(allowPrivateNetwork, deadline, resolve),
      });
      pools.set(key, pool);
    }
    return pool;
  }

  async function post(settings: CallbackSettings, callback: PendingCallback, number: number): Promise<Answered> {
    const { sdkAppId, command, clientIp, platform, body } = callback;
    const seconds = Math.floor(clock.now() / 1000);
    const { token } = settings;
    const auth = token === undefined ? {} : { auth: await signer.sign(token, seconds) };
    const url = callbackUrl(settings.url, { sdkAppId, command, clientIp, platform, ...auth });
    const answer = await poolFor(url.origin, settings.allowPrivateNetwork).request({
      method: "POST",
      path: url.pathname + url.search,
      headers: headersFor(callback, number, seconds, token),
      body,
      signal: AbortSignal.timeout(deadline),
    });
    return { status: answer.statusCode, body: await readAnswer(answer.body) };
  }

  return {
    async send(callback, number) {
      const settings = apps.get(callback.sdkAppId)?.callback;
      if (!settings) return undefined;
      const startedAt = clock.now();
      const attempt = (result: Omit<Attempt, "number" | "startedAt" | "durationMs">): Attempt => ({
        number,
        startedAt,
        durationMs: clock.now() - startedAt,
        ...result,
      });
      try {
        return attempt(judge(await post(settings, callback, number)));
      } catch (error) {
        return attempt({ outcome: outcomeOf(error), error: error instanceof Error ? error.message : String(error) });
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

interface Answered {
  readonly status: number;
  readonly body: Buffer;
}

/** Delivered is what was answered with HTTP 200 and a JSON object. The code in it is recorded, and changes nothing. */
function judge({ status, body }: Answered): Pick<Attempt, "outcome" | "status" | "code" | "answer" | "error"> {
  const answer = keptAnswer(body);
  if (status !== 200) return { outcome: "status", status, answer, error: `the answer's status is ${status}, not 200` };
  const parsed = parseObject(body);
  if (!parsed) return { outcome: "not-json", status, answer, error: "the answer is not a JSON object" };
  const code = parsed["ErrorCode"];
  return { outcome: "delivered", status, answer, ...(Number.isSafeInteger(code) ? { code: code as number } : {}) };
}

function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

type Auth = { readonly sign: string; readonly requestTime: string };

/** `Sign` and `RequestTime`, made once a second for each token: all that is sent within it shares them. */
function createSigner(): { sign(token: string, seconds: number): Promise<Auth> } {
  const byToken = new Map<string, Promise<Auth>>();
  let second = 0;
  return {
    sign(token, seconds) {
      if (seconds !== second) byToken.clear();
      second = seconds;
      let auth = byToken.get(token);
      if (!auth) {
        const requestTime = String(seconds);
        auth = callbackSign(token, requestTime).then((sign) => ({ sign, requestTime }));
        byToken.set(token, auth);
      }
      return auth;
    },
  };
}

function headersFor(
  callback: PendingCallback,
  number: number,
  seconds: number,
  token: string | undefined,
): Record<string, string> {
  const { id, sequence, body } = callback;
  return {
    "content-type": "application/json",
    "accept-encoding": "identity",
    "user-agent": `Muster/${VERSION}`,
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    ...(token === undefined ? {} : { "webhook-signature": webhookSignature(token, id, seconds, body) }),
    "muster-sequence": String(sequence),
    "muster-attempt": String(number),
  };
}
