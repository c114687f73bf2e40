import type { IncomingMessage } from "node:http";

/** Longest body of a request, in bytes: what REST and callbacks take at the most. */
export const BODY_LIMIT = 1_048_576;

const nothing = new Uint8Array();

/**
 * Hands over the body of a request once it is whole, or says that it is too long, as soon as that is known: then its
 * rest is passed over, and the answer is to end the connection. Who does not come to the end is cut off by the server,
 * in time.
 */
export function readBody(request: IncomingMessage, whole: (body: Uint8Array) => void, tooLong: () => void): void {
  if (Number(request.headers["content-length"]) > BODY_LIMIT) {
    tooLong();
    return;
  }
  let pieces: Buffer[] = [];
  let length = 0;
  request.on("data", (piece: Buffer) => {
    length += piece.byteLength;
    if (length <= BODY_LIMIT) pieces.push(piece);
    else if (length - piece.byteLength <= BODY_LIMIT) {
      pieces = [];
      tooLong();
    }
  });
  request.on("end", () => {
    const [first = nothing] = pieces;
    if (length <= BODY_LIMIT) whole(pieces.length > 1 ? Buffer.concat(pieces, length) : first);
  });
}
