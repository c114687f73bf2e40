import { whenStore } from "../state/store.ts";
import { connectionLost } from "./connection.ts";
import { operations, type Operations } from "./operations.ts";
import { session, signIns } from "./session.ts";

export type OperationName = keyof Operations;
export type AnswerOf<O extends OperationName> = Operations[O]["answer"];

type Given<Name extends string, Part> = Part extends undefined
  ? { readonly [K in Name]?: undefined }
  : Partial<Part> extends Part
    ? { readonly [K in Name]?: Part }
    : { readonly [K in Name]: Part };

/** What an operation takes: the parts of its path, its query, its body. */
export type InputOf<O extends OperationName> = Given<"path", Operations[O]["path"]> &
  Given<"query", Operations[O]["query"]> &
  Given<"body", Operations[O]["body"]> & {
    /** The version that a change is made to: it is refused where there is a newer one. */
    readonly ifMatch?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  };

/** The parts of any operation's input. */
interface AnyInput {
  readonly path?: object | undefined;
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is wrong with one thing that was given. */
export interface Problem {
  /** As `callback.url`. */
  readonly path: string;
  readonly message: string;
}

/** An operation that was refused, or did not reach the server (`unreachable`). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly problems: readonly Problem[];

  constructor(code: string, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.code = code;
    this.problems = problems;
  }
}

/**
 * Calls the admin API. Where the session is over it waits until somebody has signed in again, and goes on: nothing
 * that was begun is lost.
 * @throws {ApiError}
 */
export async function call<O extends OperationName>(operation: O, input: InputOf<O>): Promise<AnswerOf<O>> {
  return (await callVersioned(operation, input)).answer;
}

/** The same, with the version (`ETag`) of what is answered. */
export async function callVersioned<O extends OperationName>(
  operation: O,
  input: InputOf<O>,
): Promise<{ readonly answer: AnswerOf<O>; readonly etag: string | undefined }> {
  for (;;) {
    const asked = signIns();
    const response = await send(operation, input);
    if (response.status === 401 && operation !== "signIn") {
      // An answer that comes late may be about a session before the one that there is by now.
      if (signIns() === asked) session.set(session.get() === "in" || session.get() === "over" ? "over" : "out");
      await whenStore(session, (state) => state === "in");
      input.signal?.throwIfAborted();
      continue;
    }
    const answer = await answerIn(response, input);
    if (!response.ok) throw errorOf(answer, response.status);
    return { answer: answer as AnswerOf<O>, etag: response.headers.get("etag") ?? undefined };
  }
}

/** Why what is no call, such as a stream, is refused; `undefined` where it is not. @throws {ApiError} */
export async function refusalOf<O extends OperationName>(
  operation: O,
  input: InputOf<O>,
): Promise<ApiError | undefined> {
  const response = await send(operation, input);
  if (!response.ok) return errorOf(await answerIn(response, input), response.status);
  await response.body?.cancel();
  return undefined;
}

/** What was answered; one that breaks off on the way is none. */
async function answerIn(response: Response, { signal }: AnyInput): Promise<unknown> {
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    if (!response.ok) return undefined;
    throw unreachable();
  }
}

function unreachable(): ApiError {
  connectionLost();
  return new ApiError("unreachable", "The server cannot be reached.");
}

async function send(operation: OperationName, input: AnyInput): Promise<Response> {
  const { method } = operations[operation];
  const headers = {
    ...(method !== "GET" && { "muster-console": "1" }),
    ...(input.body !== undefined && { "content-type": "application/json" }),
    ...(input.ifMatch !== undefined && { "if-match": input.ifMatch }),
  };
  try {
    return await fetch(urlOf(operation, input), {
      method,
      headers,
      body: input.body === undefined ? null : JSON.stringify(input.body),
      signal: input.signal ?? null,
    });
  } catch (error) {
    if (input.signal?.aborted) throw error;
    throw unreachable();
  }
}

/** Where an operation is called. */
export function urlOf(operation: OperationName, input: Pick<AnyInput, "path" | "query">): string {
  const parts: Readonly<Record<string, unknown>> = { ...input.path };
  const path = operations[operation].path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parts[name])),
  );
  const given = Object.entries(input.query ?? {}).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `/admin/v1${path}${query === "" ? "" : `?${query}`}`;
}

function errorOf(answer: unknown, status: number): ApiError {
  const { error } = (answer ?? {}) as { error?: { code: string; message: string; problems: Problem[] } };
  return error
    ? new ApiError(error.code, error.message, error.problems)
    : new ApiError("internal", `The server answered with HTTP status ${status}.`);
}
