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

/** An http or https URL, as an option's value. */
export function parseHttpUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError("It must be a URL that begins with http:// or https://.");
  }
  return text;
}
