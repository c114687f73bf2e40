import { INSTANT, readInstant, settings } from "@muster/foundation";
import { byteLength, USER_ID_MAX_BYTES } from "@muster/protocol";
import { InvalidArgumentError } from "commander";

/** A port from 0 to 65535, as an option's value. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

/** A whole number that is greater than 0, as an option's value. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number greater than 0.");
  return Number(text);
}

/** An app's SDKAppID, as an option's value. */
export function parseSdkAppId(text: string): number {
  const { data } = settings.sdkAppId.safeParse(/^\d{1,10}$/.test(text) ? Number(text) : undefined);
  if (data === undefined) throw new InvalidArgumentError("It must be a whole number from 1 to 4294967295.");
  return data;
}

/** A user's id, as an option's value. */
export function parseUserId(text: string): string {
  if (text === "" || byteLength(text) > USER_ID_MAX_BYTES) {
    throw new InvalidArgumentError(`A user's id has 1 to ${USER_ID_MAX_BYTES} bytes.`);
  }
  return text;
}

/** A text that says something, as an option's value: a variable of the shell that is not set is an empty one. */
export function parseText(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

/** A number of calls in a second, which may be less than one, as an option's value. */
export function parseRate(text: string): number {
  const rate = Number(text);
  if (!/^\d{1,5}(?:\.\d{1,3})?$/.test(text) || rate <= 0) {
    throw new InvalidArgumentError("It must be a number of calls in a second, such as 1 or 0.5.");
  }
  return rate;
}

/** An http or https URL, as an option's value. */
export function parseHttpUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError("It must be a URL that begins with http:// or https://.");
  }
  return text;
}

/** An instant as an option's value, as ms since 1970. */
export function parseInstant(text: string): string {
  const at = readInstant(text);
  if (at === undefined) throw new InvalidArgumentError(`It must be an instant ${INSTANT}.`);
  return String(at);
}
