import { callbackRow, fit, parseGroupType, type CallbackBody, type CallbackCommand } from "@muster/protocol";

import { readContent } from "./content.ts";
import { ownNames, type CallbackEvent, type EventFacts } from "./event.ts";
import type { ReceivedCallback } from "./inbox/inbox.ts";

/**
 * A callback that was kept, as handlers get it.
 * @throws {TypeError} where the body is not what the catalog says of the command: such a callback is in quarantine
 */
export function toEvent<C extends CallbackCommand>(
  command: C,
  callback: ReceivedCallback,
  late: boolean,
): CallbackEvent<C> {
  const { body } = callbackRow(command);
  const reading = fit(body, readContent(callback.body).json);
  if (!reading.ok) throw new TypeError(`The body does not fit ${command}: ${reading.problems}.`);
  const wire = reading.value as CallbackBody<C>;
  const facts: EventFacts<C> = {
    command,
    sdkAppId: callback.sdkAppId,
    groupId: callback.groupId,
    id: callback.id,
    sequence: callback.sequence,
    late,
    receivedAt: new Date(callback.receivedAt),
    clientIp: callback.clientIp,
    platform: callback.platform,
    wire,
  };
  // What the types say of the tidy fields is what the functions below do; event.test.ts compares the two.
  return { ...facts, ...tidy(wire, Object.keys(body.shape)) } as CallbackEvent<C>;
}

function tidy(wire: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names
      .filter((name) => name !== "CallbackCommand" && wire[name] !== undefined)
      .map((name) => [tidyName(name), tidyValue(name, wire[name])]),
  );
}

function tidyName(name: string): string {
  if (name === "EventTime" || name === "UserDefinedDataList") return ownNames[name];
  const short = name.replace(/_Account$/, "").replace(/List$/, "s");
  return short.charAt(0).toLowerCase() + short.slice(1);
}

function tidyValue(name: string, value: unknown): unknown {
  if (typeof value === "number" && name === "EventTime") return new Date(value);
  if (typeof value === "number" && name === "MsgTime") return new Date(value * 1000);
  if (typeof value === "string" && name === "Type") return parseGroupType(value) ?? value;
  if (!Array.isArray(value)) return value;
  if (name === "UserDefinedDataList") return Object.fromEntries(value.map(({ Key, Value }) => [Key, Value]));
  return value.map((item: unknown) => memberOf(item) ?? item);
}

function memberOf(item: unknown): string | undefined {
  const account = typeof item === "object" && item !== null && "Member_Account" in item && item.Member_Account;
  return typeof account === "string" ? account : undefined;
}
