import type { IncomingMessage } from "node:http";

import { isPastLastAnswer } from "./linger-before-close.ts";

/** Longest body of a request, in bytes: what REST and callbacks take at the most. */
export const BODY_LIMIT = 1_048_576;
/** Most bytes that a server holds of bodies that have not come to their end. */
const MOST_UNFINISHED = 128 * 1_048_576;

const nothing = new Uint8Array();

/**
 * Hands over the body of a request once it is whole, or says that it is too long, as soon as that is known: then its
 * rest is passed over, and the answer is to end the connection. Who does not come to the end is cut off by the server,
 * in time.
 * @param limit in bytes; `BODY_LIMIT` where it is absent
 */
export type ReadBody = (
  request: IncomingMessage,
  whole: (body: Uint8Array) => void,
  tooLong: () => void,
  limit?: number,
) => void;

/** A body that has come in part. */
interface Unfinished {
  readonly request: IncomingMessage;
  /** The room that it has; its own, unless the body came as a whole. */
  bytes: Uint8Array;
}

/**
 * Reads bodies, of which it holds `most` bytes before they are whole. Where that is not enough for all, the one that was
 * begun first is broken off: who sends a body needs a moment, and who sends many without an end has begun long ago.
 */
export function createBodyReader(most = MOST_UNFINISHED): ReadBody {
  const unfinished = new Set<Unfinished>();
  let held = 0;

  function release(body: Unfinished): void {
    if (unfinished.delete(body)) held -= body.bytes.byteLength;
  }

  function hold(body: Unfinished, bytes: Uint8Array): void {
    if (unfinished.has(body)) held -= body.bytes.byteLength;
    else body.request.once("close", () => release(body));
    unfinished.add(body);
    body.bytes = bytes;
    held += bytes.byteLength;
    for (const first of unfinished) {
      if (held <= most) break;
      release(first);
      first.request.destroy();
    }
  }

  return (request, whole, tooLong, limit = BODY_LIMIT) => {
    const announced = Number(request.headers["content-length"]);
    if (announced > limit) {
      tooLong();
      return;
    }
    const body: Unfinished = { request, bytes: nothing };
    let length = 0;
    request.on("data", (piece: Buffer) => {
      const before = length;
      length += piece.byteLength;
      if (length > limit) {
        release(body);
        body.bytes = nothing;
        if (before <= limit) tooLong();
      } else if (length === announced && before === 0) {
        body.bytes = piece;
      } else {
        // Twice the room: pieces of a byte each are not copied again and again, nor kept one by one.
        if (length > body.bytes.byteLength) hold(body, withRoom(body.bytes, Math.min(2 * length, limit)));
        body.bytes.set(piece, before);
      }
    });
    request.on("end", () => {
      release(body);
      // Who came to the end too late has been told so by now.
      if (length <= limit && !isPastLastAnswer(request.socket)) whole(body.bytes.subarray(0, length));
    });
  };
}

function withRoom(bytes: Uint8Array, room: number): Uint8Array {
  const larger = new Uint8Array(room);
  larger.set(bytes);
  return larger;
}
