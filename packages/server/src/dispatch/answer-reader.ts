/** Most bytes of an answer that are read. */
const ANSWER_LIMIT = 65_536;
/** Most bytes of an answer's head, of its trailers, and of what stands before a chunk. */
const HEAD_LIMIT = 16_384;
/** Most informational answers (1xx) that are read before the one that counts: each costs work. */
const MOST_INFORMATIONAL = 32;

const NOTHING = Buffer.alloc(0);
const LINE_END = "\r\n";
const HEAD_END = "\r\n\r\n";
const BEGINNING = "HTTP/1.";

/** RFC 9112: what may stand in a status line and in a field, and nothing that could be taken for more than one of them. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/;
const LENGTH = /^[\t ]*(\d{1,15})[\t ]*$/;
const CHUNK = /^([\da-fA-F]{1,8})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

/** An answer is longer than what is read of it. */
export class AnswerTooLargeError extends Error {
  override readonly name = "AnswerTooLargeError";

  constructor(message = `the answer is longer than ${ANSWER_LIMIT} bytes`) {
    super(message);
  }
}

/** What came is not an answer as HTTP/1.1 has them. */
export class BadAnswerError extends Error {
  override readonly name = "BadAnswerError";

  constructor(what: string) {
    super(`the answer cannot be read: ${what}`);
  }
}

/** An answer as far as it has come. */
export interface BegunAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** What came back, whole. */
export interface Answered extends BegunAnswer {
  /** The header of this name, where there is one. */
  readonly retryAfter: string | undefined;
}

/** An answer, and what may become of the connection that it came over. */
export interface WholeAnswer extends Answered {
  /** Whether another request may follow over the same connection. */
  readonly leavesOpen: boolean;
  /** How long the endpoint says it keeps the connection, in seconds. */
  readonly keptFor: number | undefined;
}

/**
 * Reads the answers of one connection, one after another, from bytes as they come. Of each it keeps what counts for a
 * callback. It is strict: what could be read in two ways is no answer, because the next one would begin at the wrong
 * place.
 */
export interface AnswerReader {
  /** What there is of an answer whose head has been read, and its body not to the end. */
  begun(): BegunAnswer | undefined;
  /**
   * Takes what has come; the answer, once it is whole.
   * @throws {BadAnswerError} {@link AnswerTooLargeError}
   */
  read(chunk: Buffer): WholeAnswer | undefined;
  /** Nothing more comes: the answer that was to end with the connection, if it was one. */
  end(): WholeAnswer | undefined;
}

interface Head {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** How it is told where the body ends: by its length, by itself, or by the end of the connection. */
  readonly framing: number | "chunked" | "end";
  readonly leavesOpen: boolean;
  readonly keptFor: number | undefined;
}

/** What is awaited of a body in chunks: a chunk's size, so many bytes of it, the end of its line, or trailers. */
type Chunk = "size" | number | "line end" | "trailers";

export function createAnswerReader(): AnswerReader {
  let head: Head | undefined;
  /** The last head, which need not be read again: an endpoint answers alike, but for the second that it names. */
  let last: { readonly text: string; readonly head: Head } | undefined;
  /** What has come and cannot be told the meaning of yet. */
  let rest: Buffer = NOTHING;
  let informational = 0;
  let parts: Buffer[] = [];
  let length = 0;
  let chunk: Chunk = "size";
  let trailing = 0;

  function take(bytes: Buffer): void {
    length += bytes.length;
    if (bytes.length > 0) parts.push(bytes);
    if (length > ANSWER_LIMIT) throw new AnswerTooLargeError();
  }

  /** @param left what has come behind it: nobody asked for that */
  function whole({ status, retryAfter, leavesOpen, keptFor }: Head, left: number): WholeAnswer {
    const [only = NOTHING] = parts;
    const body = parts.length > 1 ? Buffer.concat(parts, length) : only;
    head = undefined;
    parts = [];
    length = informational = trailing = 0;
    chunk = "size";
    return { status, retryAfter, body, leavesOpen: leavesOpen && left === 0, keptFor };
  }

  /** Reads heads up to that of the answer that counts, and returns what stands behind it. */
  function readHeads(bytes: Buffer, from: number): Buffer | undefined {
    let [begin, searched] = [0, from];
    while (!head) {
      const end = bytes.indexOf(HEAD_END, searched, "latin1");
      if ((end < 0 ? bytes.length : end) - begin > HEAD_LIMIT) {
        throw new AnswerTooLargeError(`the answer's head is longer than ${HEAD_LIMIT} bytes`);
      }
      if (end < 0) {
        rest = bytes.subarray(begin);
        const beginning = rest.toString("latin1", 0, BEGINNING.length);
        if (!BEGINNING.startsWith(beginning)) throw new BadAnswerError("it does not begin as HTTP/1.1 does");
        return undefined;
      }
      const text = bytes.toString("latin1", begin, end);
      if (text !== last?.text) last = { text, head: readHead(text) };
      begin = searched = end + HEAD_END.length;
      if (last.head.status >= 200) ({ head } = last);
      else countInformational(last.head.status);
    }
    return bytes.subarray(begin);
  }

  function countInformational(status: number): void {
    if (status === 101) throw new BadAnswerError("it changes the protocol, though nobody asked for that");
    informational += 1;
    if (informational > MOST_INFORMATIONAL) {
      throw new AnswerTooLargeError(`more than ${MOST_INFORMATIONAL} informational answers came before the answer`);
    }
  }

  function readBody(of: Head, bytes: Buffer): WholeAnswer | undefined {
    if (of.framing === "chunked") return readChunks(of, bytes);
    const wanted = of.framing === "end" ? Infinity : of.framing - length;
    take(bytes.length > wanted ? bytes.subarray(0, wanted) : bytes);
    return bytes.length < wanted ? undefined : whole(of, bytes.length - wanted);
  }

  function readChunks(of: Head, bytes: Buffer): WholeAnswer | undefined {
    let at = 0;
    while (at < bytes.length) {
      if (typeof chunk === "number") {
        const part = bytes.subarray(at, at + chunk);
        take(part);
        at += part.length;
        chunk = chunk === part.length ? "line end" : chunk - part.length;
        continue;
      }
      const end = bytes.indexOf(LINE_END, at, "latin1");
      if ((end < 0 ? bytes.length : end) - at > HEAD_LIMIT) {
        throw new AnswerTooLargeError(`a line between chunks is longer than ${HEAD_LIMIT} bytes`);
      }
      if (end < 0) break;
      const line = bytes.toString("latin1", at, end);
      at = end + LINE_END.length;
      if (chunk === "trailers" && line === "") return whole(of, bytes.length - at);
      chunk = afterLine(chunk, line);
    }
    rest = bytes.subarray(at);
    return undefined;
  }

  function afterLine(awaited: Exclude<Chunk, number>, line: string): Chunk {
    if (awaited === "line end") {
      if (line !== "") throw new BadAnswerError("a chunk is longer than it says");
      return "size";
    }
    if (awaited === "size") {
      const size = CHUNK.exec(line)?.[1];
      if (size === undefined) throw new BadAnswerError("a chunk has no size");
      return Number.parseInt(size, 16) || "trailers";
    }
    trailing += line.length + LINE_END.length;
    if (trailing > HEAD_LIMIT) throw new AnswerTooLargeError(`the trailers are longer than ${HEAD_LIMIT} bytes`);
    if (!FIELD.test(line)) throw new BadAnswerError("a trailer is malformed");
    return "trailers";
  }

  return {
    begun: () => head && { status: head.status, body: Buffer.concat(parts) },
    read(bytes) {
      const before = rest.length;
      const all = before === 0 ? bytes : Buffer.concat([rest, bytes]);
      rest = NOTHING;
      const behind = head ? all : readHeads(all, Math.max(before - HEAD_END.length, 0));
      return head && behind && readBody(head, behind);
    },
    end() {
      return head?.framing === "end" ? whole(head, 0) : undefined;
    },
  };
}

/** @param text without the empty line at its end */
function readHead(text: string): Head {
  const [statusLine = "", ...lines] = text.split(LINE_END);
  const [, version, digits] = STATUS_LINE.exec(statusLine) ?? [];
  if (version === undefined) throw new BadAnswerError("its first line is malformed");
  const status = Number(digits);
  let length: number | undefined;
  let isChunked = false;
  let retryAfter: string | undefined;
  let keptFor: number | undefined;
  let leavesOpen = version === "1";
  for (const line of lines) {
    const [, name, value = ""] = FIELD.exec(line) ?? [];
    if (name === undefined) throw new BadAnswerError("a header is malformed");
    switch (name.toLowerCase()) {
      case "content-length": {
        const said = LENGTH.exec(value)?.[1];
        if (said === undefined || length !== undefined) throw new BadAnswerError("its length is malformed");
        length = Number(said);
        break;
      }
      case "transfer-encoding":
        if (isChunked || value.trim().toLowerCase() !== "chunked")
          throw new BadAnswerError("its encoding is not known");
        isChunked = true;
        break;
      case "connection":
        if (/\bclose\b/i.test(value)) leavesOpen = false;
        break;
      case "keep-alive": {
        const seconds = /\btimeout=(\d{1,6})\b/i.exec(value)?.[1];
        if (seconds !== undefined) keptFor = Number(seconds);
        break;
      }
      case "retry-after":
        retryAfter ??= value.trim();
    }
  }
  if (isChunked && length !== undefined) throw new BadAnswerError("it says where it ends in two ways");
  const hasNoBody = status < 200 || status === 204 || status === 304;
  const framing = hasNoBody ? 0 : isChunked ? "chunked" : (length ?? "end");
  return { status, retryAfter, framing, leavesOpen: leavesOpen && framing !== "end", keptFor };
}
