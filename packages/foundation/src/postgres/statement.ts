type Scalar = string | number | boolean | Uint8Array | null;

/** What a parameter of a statement can be; a list becomes an array of PostgreSQL's. */
export type PostgresValue = Scalar | readonly Scalar[];

/** A statement that each connection prepares once, under its name. */
export interface PostgresStatement {
  readonly name: string;
  readonly text: string;
}

let made = 0;

/** A statement of its own name. Make it once and keep it: each one made is prepared anew. */
export function statement(text: string): PostgresStatement {
  made += 1;
  return { name: `muster_${made}`, text };
}

/** PostgreSQL's texts hold everything but this. */
const NUL = "\u0000";
/** Stands in for it, and for itself: a control character that no one writes. */
const MARK = "\u001A";

/** A parameter as it is sent, each text as PostgreSQL can keep it. */
export function toWire(value: PostgresValue): string | Buffer | null {
  if (value === null) return null;
  if (typeof value === "string") return storedText(value);
  if (typeof value !== "object") return String(value);
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : arrayText(value);
}

function arrayText(list: readonly Scalar[]): string {
  return `{${list.map(elementText).join(",")}}`;
}

/** Within quotes a backslash stands for what follows it. */
const special = /["\\]/;

function elementText(value: Scalar): string {
  if (value === null) return "NULL";
  if (typeof value === "string") {
    const text = storedText(value);
    return special.test(text) ? `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"` : `"${text}"`;
  }
  return value instanceof Uint8Array ? `"\\\\x${Buffer.from(value).toString("hex")}"` : String(value);
}

/** The text that `toWire` made another of. */
export function fromStored(stored: string): string {
  return stored.includes(MARK) ? stored.replaceAll(`${MARK}0`, NUL).replaceAll(`${MARK}1`, MARK) : stored;
}

function storedText(text: string): string {
  if (!text.includes(NUL) && !text.includes(MARK)) return text;
  return text.replaceAll(MARK, `${MARK}1`).replaceAll(NUL, `${MARK}0`);
}
