import { MAX_BODY_BYTES, refused, tooLarge, type Answer } from "../answer.ts";
import { byTimer } from "../by-timer.ts";

/** How bodies are read. */
export interface ReadingOptions {
  /**
   * For how long a body may take, in ms; 2 s where it is absent: its sender has given up by then. One that is refused has as
   * long again to end, before the connection is broken off. How long the headers may take is the server's to say.
   */
  readonly bodyTimeoutMs?: number;
}

/** Where a body comes from. */
export interface BodySource {
  /** Hands over each piece; resolves with whether the end was reached. */
  readonly read: (take: (piece: Uint8Array) => void) => Promise<boolean>;
  /** Breaks off the connection. */
  readonly abandon: () => void;
}

/** A sender's own deadline, in ms. */
const BODY_TIMEOUT_MS = 2_000;

/** A body's bytes, or the answer to a request whose body is too long, too slow or does not end. */
export function readBody(source: BodySource, options: ReadingOptions = {}): Promise<Uint8Array | Answer> {
  const { bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  return new Promise((resolve) => {
    let bytes: Uint8Array = new Uint8Array();
    let length = 0;
    let isRefused = false;
    let callOff = byTimer(bodyTimeoutMs, () => refuse(tooSlow(bodyTimeoutMs)));
    // The rest is read and forgotten for as long again: a connection that is closed on somebody who writes takes the answer
    // with it.
    const refuse = (answer: Answer): void => {
      isRefused = true;
      bytes = new Uint8Array();
      resolve(answer);
      callOff();
      callOff = byTimer(bodyTimeoutMs, source.abandon);
    };
    const take = (piece: Uint8Array): void => {
      if (isRefused) return;
      const before = length;
      length += piece.byteLength;
      if (length > MAX_BODY_BYTES) refuse(tooLarge());
      else bytes = appended(bytes, before, piece);
    };
    void source.read(take).then((isWhole) => {
      callOff();
      resolve(isWhole ? bytes.subarray(0, length) : brokenOff());
    });
  });
}

/** The answer where something in front has read the body: what it has left is not what was signed and sent. */
export function alreadyRead(): Answer {
  return refused(
    500,
    "The body was read in front of the receiver: mount its route before anything that parses bodies.",
  );
}

function tooSlow(ms: number): Answer {
  return refused(408, `The body did not come within ${ms} ms: send it in one go.`);
}

/** Mostly there is nobody any more to read it. */
function brokenOff(): Answer {
  return refused(400, "The request was broken off: send it to its end.", { connection: "close" });
}

/** A piece alone stays as it is; with more there is room for twice as much, so that a byte at a time costs little. */
function appended(bytes: Uint8Array, length: number, piece: Uint8Array): Uint8Array {
  if (length === 0) return piece;
  const needed = length + piece.byteLength;
  const roomy = needed > bytes.byteLength ? new Uint8Array(2 * needed) : bytes;
  if (roomy !== bytes) roomy.set(bytes);
  roomy.set(piece, length);
  return roomy;
}
