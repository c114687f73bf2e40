import {
  callbackRow,
  isCallbackCommand,
  REPLAY_HEADER,
  REQUEST_TIME_TOLERANCE_S,
  VERIFY_GROUP_ID,
  VERIFY_HEADER,
  verifyCallbackSign,
  type CallbackSignFailure,
} from "@muster/protocol";

import { accepted, MAX_BODY_BYTES, refused, tooLarge, type Answer } from "./answer.ts";
import { appsById, type ReceivedApp } from "./apps.ts";
import { commandOf, readCallback, readContent } from "./content.ts";
import { dedupeKey } from "./dedupe-key.ts";
import type { ReceivedCallback } from "./inbox/inbox.ts";
import { readQuery } from "./query.ts";
import { headerOf, type CallbackHeaders, type CallbackRequest } from "./request.ts";
import { createSignMemory } from "./sign-memory.ts";

/** What receiving needs. */
export interface ReceivePorts {
  readonly apps: readonly ReceivedApp[];
  /** Resolves when it is safe. */
  readonly keep: (callback: ReceivedCallback) => Promise<void>;
  /** Answers a callback that asks, in place of keeping it; `undefined`: it is to be kept. */
  readonly decide: (callback: ReceivedCallback) => Promise<Answer | undefined>;
  readonly now: () => number;
}

/**
 * Answers one request; never rejects. What is answered OK was verified and is kept. The checks come in the order
 * below, the first that fails answers, and nothing is kept of what fails one. An authentic callback whose content
 * cannot be used is kept as it came, with the reason, and answered OK: to send it again would not mend it.
 * @throws {ReceiverError} `OPTIONS_INVALID`
 */
export function createReceive(ports: ReceivePorts): (request: CallbackRequest) => Promise<Answer> {
  const { apps, decide, now } = ports;
  const byId = appsById(apps);
  const signOf = createSignMemory();

  async function handle({ method, url, headers, body }: CallbackRequest): Promise<Answer> {
    const receivedAt = now();
    if (method !== "POST") return notPost();
    if (body.byteLength > MAX_BODY_BYTES) return tooLarge();

    const query = readQuery(url);
    const app = query.sdkAppId === undefined ? undefined : byId.get(query.sdkAppId);
    if (!app) return foreign();

    const { sign = null, requestTime = null, command } = query;
    const failure = app.tokens && (await verifyCallbackSign({ sign, requestTime }, app.tokens, receivedAt, signOf));
    if (failure) return unsigned(failure);

    if (command === undefined) return withoutCommand();
    const content = readContent(body);
    if (content.json && commandOf(content.json) !== command) return otherCommand();

    const reading = content.json
      ? readCallback(command, content.json)
      : { groupId: undefined, eventTime: undefined, fault: content.fault };
    if (isVerification(headers, reading.groupId)) return accepted();
    const { sdkAppId } = app;
    const id = webhookId(headers);
    const callback: ReceivedCallback = {
      dedupeKey: await dedupeKey({ sdkAppId, command, id, bytes: body, json: content.json }),
      sdkAppId,
      command,
      ...reading,
      id,
      sequence: countingNumber(headers, "muster-sequence"),
      attempt: countingNumber(headers, "muster-attempt"),
      replay: headerOf(headers, REPLAY_HEADER) === "1",
      clientIp: query.clientIp,
      platform: query.platform,
      receivedAt,
      query: query.raw,
      body,
    };
    return (asks(command) && (await decide(callback))) || keep(callback);
  }

  async function keep(callback: ReceivedCallback): Promise<Answer> {
    try {
      await ports.keep(callback);
    } catch {
      return notKept();
    }
    return accepted();
  }

  return handle;
}

function asks(command: string): boolean {
  return isCallbackCommand(command) && callbackRow(command).kind === "before";
}

/**
 * Whether somebody only tries out whether callbacks are taken here. Not by the header alone, which is not signed:
 * a real callback is about a group that can exist, so nothing that is added on the way makes it one of these.
 */
function isVerification(headers: CallbackHeaders, groupId: string | undefined): boolean {
  return headerOf(headers, VERIFY_HEADER) === "1" && groupId === VERIFY_GROUP_ID;
}

/** The sender's id of the callback; one that cannot be an id is as good as none. */
function webhookId(headers: CallbackHeaders): string | undefined {
  const id = headerOf(headers, "webhook-id");
  return id !== undefined && /^[\x20-\x7e]{1,256}$/.test(id) ? id : undefined;
}

/** A header that counts from 1; anything else in it is as good as nothing. */
function countingNumber(headers: CallbackHeaders, name: string): number | undefined {
  const text = headerOf(headers, name);
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

function notPost(): Answer {
  return refused(405, "Callbacks are sent by POST: use that method.", { allow: "POST" });
}

function foreign(): Answer {
  return refused(403, "The query's SdkAppid is not that of an app that is received here: compare the two sides.");
}

const signProblems: Readonly<Record<CallbackSignFailure, string>> = {
  missing: "The query needs one Sign and one RequestTime: set the app's token on the sending side.",
  malformed: "Sign must be 64 hexadecimal digits and RequestTime seconds since 1970: check how they are made.",
  stale: `RequestTime is more than ${REQUEST_TIME_TOLERANCE_S} s off: sign each attempt anew, and check both clocks.`,
  wrong: "Sign does not fit RequestTime and the app's token: compare the token on the two sides.",
};

function unsigned(failure: CallbackSignFailure): Answer {
  return refused(401, signProblems[failure]);
}

function withoutCommand(): Answer {
  return refused(400, "The query needs one CallbackCommand: add the parameter.");
}

function otherCommand(): Answer {
  return refused(400, "CallbackCommand of the query and of the body must be equal: send the same in both.");
}

function notKept(): Answer {
  return refused(503, "The callback could not be kept: send it again later.", { "retry-after": "1" });
}
