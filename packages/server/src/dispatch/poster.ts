import { callbackParameters, callbackSign, type CallbackCommand, type OptPlatform } from "@muster/protocol";
import type { Clock } from "@muster/foundation";
import { Pool } from "undici";

import type { Destination } from "../app-settings.ts";
import { VERSION } from "../version.ts";
import { guardedConnector, type Resolve } from "./address-guard.ts";
import { exchange, type Answered } from "./exchange.ts";
import { webhookSignature } from "./webhook-signature.ts";

/** The deadline of a callback, in ms, from connecting to the last byte of the answer. */
const DEADLINE = 2_000;
/** Most connections to one origin. */
const CONNECTIONS = 64;
/** Most configured URLs that are remembered taken apart. */
const REMEMBERED = 1_000;

/** What is posted to an app's URL. */
export interface Message {
  readonly id: string;
  readonly sdkAppId: number;
  readonly command: CallbackCommand;
  readonly body: string;
  readonly clientIp: string;
  readonly platform: OptPlatform;
}

/** Posts to the apps' URLs, over connections of its own. */
export interface Poster {
  /**
   * Posts one message, signed anew. Rejects where there is no whole answer within the deadline.
   * @param extra headers beside those that every message has
   */
  post(settings: Destination, message: Message, extra: Readonly<Record<string, string>>): Promise<Answered>;
  close(): Promise<void>;
}

export interface PosterOptions {
  /** From connecting to the last byte of the answer, in ms; 2 s where it is absent, as documented. */
  readonly deadline?: number;
  /** How names are resolved; as the machine does it where it is absent. */
  readonly resolve?: Resolve;
}

export function createPoster(clock: Clock, options: PosterOptions = {}): Poster {
  const { deadline = DEADLINE, resolve } = options;
  const pools = new Map<string, Pool>();
  const signer = createSigner();
  const targetOf = createTargets();

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

  return {
    async post(settings, message, extra) {
      const { sdkAppId, command, clientIp, platform, body } = message;
      const seconds = Math.floor(clock.now() / 1000);
      const { token } = settings;
      const auth = token === undefined ? {} : { auth: await signer.sign(token, seconds) };
      const { origin, path } = targetOf(settings.url);
      const post = {
        path: path + callbackParameters({ sdkAppId, command, clientIp, platform, ...auth }),
        headers: { ...headersFor(message, seconds, settings), ...extra },
        body,
      };
      return await exchange(poolFor(origin, settings.allowPrivateNetwork), post, deadline, clock);
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/** The JSON object that an answer is, or `undefined` where it is none. */
export function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Where a configured URL leads: its origin, and its path up to where the documented parameters begin. */
type Target = { readonly origin: string; readonly path: string };

/** Takes configured URLs apart, each once. */
function createTargets(): (configured: string) => Target {
  const known = new Map<string, Target>();
  return (configured) => {
    let target = known.get(configured);
    if (!target) {
      const { origin, pathname, search } = new URL(configured);
      target = { origin, path: `${pathname}${search.length > 1 ? `${search}&` : "?"}` };
      if (known.size >= REMEMBERED) known.clear();
      known.set(configured, target);
    }
    return target;
  };
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
  { id, body }: Message,
  seconds: number,
  { token, previousTokens }: Destination,
): Record<string, string> {
  const tokens = token === undefined ? [] : [token, ...previousTokens];
  return {
    "content-type": "application/json",
    "accept-encoding": "identity",
    "user-agent": `Muster/${VERSION}`,
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    ...(tokens.length === 0 ? {} : { "webhook-signature": webhookSignature(tokens, id, seconds, body) }),
  };
}
