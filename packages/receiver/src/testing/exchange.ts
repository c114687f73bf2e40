import type { SampleCallback } from "./sample-callback.ts";

/** What came back of a call. */
export interface Reply {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** Whether the other side says that it closes the connection after this. */
  readonly closes: boolean;
}

/** One call and what came of it: a reply, or why there is none. */
export type Exchange = { readonly durationMs: number } & (
  | { readonly reply: Reply; readonly failure?: undefined }
  | { readonly reply?: undefined; readonly failure: "no answer" | "no connection" | "broken off" }
);

/** Most that is read of an answer, in bytes: the sender's own bound. */
const MAX_ANSWER_BYTES = 65_536;

/** Posts a callback. Never rejects. @param patience for how long an answer is waited for, in ms */
export async function exchange({ url, ...init }: SampleCallback, patience: number): Promise<Exchange> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(patience);
  try {
    // A redirect is an answer: no sender follows one.
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    const reply: Reply = {
      status: response.status,
      json: parseObject(await beginningOf(response)),
      closes: response.headers.get("connection")?.toLowerCase() === "close",
    };
    return { durationMs: performance.now() - startedAt, reply };
  } catch (error) {
    const durationMs = performance.now() - startedAt;
    return { durationMs, failure: signal.aborted ? "no answer" : failureOf(error) };
  }
}

/** Runtimes name it differently; where none of it is known, the connection was there and is no more. */
function failureOf(error: unknown): "no connection" | "broken off" {
  const { cause, code } = error as { cause?: { code?: unknown; message?: unknown }; code?: unknown };
  const text = `${String(code)} ${String(cause?.code)} ${String(cause?.message)}`;
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CONNECT_TIMEOUT|CERT|SSL|TLS|ConnectionRefused|bad port/.test(
    text,
  )
    ? "no connection"
    : "broken off";
}

async function beginningOf({ body }: Response): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  while (size <= MAX_ANSWER_BYTES) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

function parseObject(text: string): Reply["json"] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
