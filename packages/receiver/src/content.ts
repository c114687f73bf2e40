import { callbackRow, fit, isCallbackCommand, parseJson } from "@muster/protocol";

/** A body as an object, or why it is none. */
export type Content =
  | { readonly json: Readonly<Record<string, unknown>>; readonly fault?: undefined }
  | { readonly json?: undefined; readonly fault: string };

/** What is taken from a body, beside the body itself. */
export interface Reading {
  readonly groupId: string | undefined;
  readonly eventTime: number | undefined;
  /** Why the body is not what the catalog says; `undefined` where it is. */
  readonly fault: string | undefined;
}

/** Reads a body as a JSON object. */
export function readContent(body: Uint8Array): Content {
  const parsed = parseJson(body);
  if (!parsed.ok) return { fault: `The body ${parsed.reason}.` };
  return isObject(parsed.value) ? { json: parsed.value } : { fault: "The body is JSON, but not an object." };
}

/** The command that a body names for itself. */
export function commandOf(json: Readonly<Record<string, unknown>>): string | undefined {
  return textField(json, "CallbackCommand");
}

/**
 * Reads a body by its command's schema. The group is also told of a body that does not fit, so that whoever
 * looks for what happened to the group finds it; its time is not, for that may be what does not fit.
 */
export function readCallback(command: string, json: Readonly<Record<string, unknown>>): Reading {
  const groupId = textField(json, "GroupId") || undefined;
  if (groupId?.isWellFormed() === false) {
    return quarantined(undefined, "GroupId is not valid Unicode (a lone surrogate).");
  }
  if (!isCallbackCommand(command)) {
    return quarantined(groupId, "The catalog of group callbacks has none of this name.");
  }
  const body = fit(callbackRow(command).body, json);
  if (!body.ok) return quarantined(groupId, `The body does not fit ${command}: ${body.problems}.`);
  const eventTime = isObject(body.value) ? body.value["EventTime"] : undefined;
  return { groupId, eventTime: typeof eventTime === "number" ? eventTime : undefined, fault: undefined };
}

function quarantined(groupId: string | undefined, fault: string): Reading {
  return { groupId, eventTime: undefined, fault };
}

function textField(json: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = json[name];
  return typeof value === "string" ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
