import type { ConfigProblem } from "@muster/foundation";
import * as z from "zod";

/** Why a request is refused, for programs; the HTTP status that goes with each. */
export const refusalStatus = {
  "invalid-json": 400,
  unauthorized: 401,
  "admin-api-off": 403,
  "not-found": 404,
  "method-not-allowed": 405,
  conflict: 409,
  "precondition-failed": 412,
  "too-large": 413,
  "unsupported-media-type": 415,
  invalid: 422,
  "too-many-requests": 429,
  internal: 500,
} as const;

export type RefusalCode = keyof typeof refusalStatus;

/** The body of every refusal. */
export const refusalBody = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(Object.keys(refusalStatus) as [RefusalCode, ...RefusalCode[]]),
      message: z.string().meta({ description: "what is wrong and what to do" }),
      problems: z
        .array(z.strictObject({ path: z.string(), message: z.string() }))
        .meta({ description: "all that is wrong with what was given, each with its place" }),
    }),
  })
  .meta({ description: "Nothing was changed." });

/** A request that is refused. Nothing has changed. */
export class AdminRefusal extends Error {
  override readonly name = "AdminRefusal";
  readonly code: RefusalCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly problems: readonly ConfigProblem[];

  /** @param message a sentence: what is wrong and what to do */
  constructor(
    code: RefusalCode,
    message: string,
    more: { readonly headers?: Readonly<Record<string, string>>; readonly problems?: readonly ConfigProblem[] } = {},
  ) {
    super(message);
    this.code = code;
    this.headers = more.headers ?? {};
    this.problems = more.problems ?? [];
  }

  get status(): number {
    return refusalStatus[this.code];
  }

  get body(): z.output<typeof refusalBody> {
    const problems = this.problems.map(({ path, value, allowed }) => ({
      path,
      message: value === undefined ? allowed : `is ${value}: ${allowed}`,
    }));
    return { error: { code: this.code, message: this.message, problems } };
  }
}

/** The refusal of what does not fit. */
export function invalid(problems: readonly ConfigProblem[]): AdminRefusal {
  return new AdminRefusal("invalid", "What was given cannot be used: see problems. Nothing was changed.", { problems });
}
