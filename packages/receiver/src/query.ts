/** The parameters of a callback's query, each `undefined` where it is absent or given more than once. */
export interface Query {
  readonly sdkAppId: string | undefined;
  readonly command: string | undefined;
  readonly clientIp: string | undefined;
  readonly platform: string | undefined;
  readonly sign: string | undefined;
  readonly requestTime: string | undefined;
  /** The query as it came, without `Sign` and `RequestTime`: what proves a sender is not kept. */
  readonly raw: string;
}

/**
 * Reads the query of a URL, absolute or not. A parameter that is given twice counts as absent: whoever checks
 * the one and acts on the other has checked nothing.
 */
export function readQuery(url: string): Query {
  const text = queryOf(url);
  const found = new Map<string, string | undefined>();
  const kept: string[] = [];
  // A question mark that comes first of all belongs to no name, as URLs are read.
  let at = text.startsWith("?") ? 1 : 0;
  // Few have anything to decode, and decoding is what takes long.
  const readPart = /[%+]/.test(text) ? decodePart : splitPart;
  for (const part of text.slice(at).split("&")) {
    const [name, value] = readPart(part);
    found.set(name, found.has(name) ? undefined : value);
    // What comes first in what is left may have its question mark taken off by whoever reads that.
    if (!PROOF.has(name.startsWith("?") ? name.slice(1) : name)) kept.push(at === 1 ? `?${part}` : part);
    at = 0;
  }
  return {
    sdkAppId: found.get("SdkAppid"),
    command: found.get("CallbackCommand"),
    clientIp: found.get("ClientIP"),
    platform: found.get("OptPlatform"),
    sign: found.get("Sign"),
    requestTime: found.get("RequestTime"),
    raw: kept.join("&"),
  };
}

/** What proves a sender. */
const PROOF: ReadonlySet<string> = new Set(["Sign", "RequestTime"]);

function queryOf(url: string): string {
  const mark = url.indexOf("?");
  const hash = url.indexOf("#");
  if (mark === -1 || (hash !== -1 && hash < mark)) return "";
  return url.slice(mark + 1, hash === -1 ? undefined : hash).toWellFormed();
}

type Part = readonly [name: string, value: string];

/** Name and value of what stands between two `&`. */
function splitPart(part: string): Part {
  const equals = part.indexOf("=");
  return equals === -1 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
}

function decodePart(part: string): Part {
  return [...new URLSearchParams(`&${part}`)][0] ?? ["", ""];
}
