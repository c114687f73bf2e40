import { callbackParameters, callbackSign, type CallbackCommand, type OptPlatform } from "@muster/protocol";
import { signMessage, type Clock } from "@muster/foundation";

import type { Destination } from "../app-settings.ts";
import { VERSION } from "../version.ts";
import type { Answered } from "./answer-reader.ts";
import { exchange } from "./exchange.ts";
import { createPools, originOf, type Origin, type PoolsOptions } from "./pools.ts";
import { requestBeginning, requestBytes } from "./request-bytes.ts";

/** The deadline of a callback, in ms, from connecting to the last byte of the answer. */
const DEADLINE = 2_000;

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

export interface PosterOptions extends Omit<PoolsOptions, "deadline"> {
  /** From connecting to the last byte of the answer, in ms; 2 s where it is absent, as documented. */
  readonly deadline?: number;
}

export function createPoster(clock: Clock, options: PosterOptions = {}): Poster {
  const { deadline = DEADLINE } = options;
  const pools = createPools(clock, { ...options, deadline });
  const signer = createSigner();
  const targetOf = createTargets();
  const beginningOf = createBeginnings();

  return {
    async post(settings, message, extra) {
      const { id } = message;
      const seconds = Math.floor(clock.now() / 1000);
      const { token } = settings;
      const signing = token === undefined ? undefined : signer.sign(token, seconds);
      // Waited for once a second only.
      const auth = signing instanceof Promise ? await signing : signing;
      const target = targetOf(settings);
      const { body, signature } = signMessage(target.tokens, id, seconds, message.body);
      const proof = signature === undefined ? undefined : { "webhook-signature": signature };
      const headers = { "webhook-id": id, "webhook-timestamp": String(seconds), ...extra, ...proof };
      const request = requestBytes(beginningOf(target, message, auth), headers, body);
      return await pools.lend(target.origin, (via) => exchange(via, request, deadline, clock));
    },
    close: pools.close,
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

/** Where a destination leads: its origin, the host as a request names it, and the path up to the documented parameters. */
interface Target {
  readonly number: number;
  readonly origin: Origin;
  readonly host: string;
  readonly path: string;
  /** What is sent there is signed with. */
  readonly tokens: readonly string[];
}

/** Takes destinations apart, each once. */
function createTargets(): (settings: Destination) => Target {
  const known = new WeakMap<Destination, Target>();
  let number = 0;
  return (settings) => {
    let target = known.get(settings);
    if (!target) {
      const { token, previousTokens } = settings;
      const { origin, host, pathname, search } = new URL(settings.url);
      const path = `${pathname}${search.length > 1 ? `${search}&` : "?"}`;
      const tokens = token === undefined ? [] : [token, ...previousTokens];
      number += 1;
      target = { number, origin: originOf(origin, settings), host, path, tokens };
      known.set(settings, target);
    }
    return target;
  };
}

/** Most beginnings of requests that are remembered. */
const MOST_BEGINNINGS = 1_000;

/** How requests begin, made once for all that is sent to the same place by the same caller within a second. */
function createBeginnings(): (target: Target, message: Message, auth: Auth | undefined) => string {
  const made = new Map<string, string>();
  return ({ number, host, path }, { sdkAppId, command, clientIp, platform }, auth) => {
    const key = `${number} ${sdkAppId} ${command} ${clientIp} ${platform} ${auth?.requestTime}`;
    let beginning = made.get(key);
    if (beginning === undefined) {
      const parameters = callbackParameters({ sdkAppId, command, clientIp, platform, ...(auth && { auth }) });
      beginning = requestBeginning(host, path + parameters, ALWAYS);
      if (made.size >= MOST_BEGINNINGS) made.clear();
      made.set(key, beginning);
    }
    return beginning;
  };
}

type Auth = { readonly sign: string; readonly requestTime: string };

/** `Sign` and `RequestTime`, made once a second for each token: all that is sent within it shares them. */
function createSigner(): { sign(token: string, seconds: number): Auth | Promise<Auth> } {
  const byToken = new Map<string, Auth | Promise<Auth>>();
  let second = 0;
  return {
    sign(token, seconds) {
      if (seconds !== second) byToken.clear();
      second = seconds;
      const known = byToken.get(token);
      if (known) return known;
      const requestTime = String(seconds);
      const making = callbackSign(token, requestTime).then((sign) => {
        const auth = { sign, requestTime };
        if (second === seconds) byToken.set(token, auth);
        return auth;
      });
      byToken.set(token, making);
      return making;
    },
  };
}

/** The headers that every message has. */
const ALWAYS = {
  "content-type": "application/json",
  "accept-encoding": "identity",
  "user-agent": `Muster/${VERSION}`,
};

/** The headers that are the same each time that a message is posted. */
export function lastingHeaders(id: string): Record<string, string> {
  return { ...ALWAYS, "webhook-id": id };
}
