import * as z from "zod/mini";

/** What every answer holds, whatever happened; the HTTP status is 200 throughout. */
export const envelope = z.looseObject({
  ActionStatus: z.enum(["OK", "FAIL"]),
  ErrorInfo: z.string(),
  ErrorCode: z.number(),
});
export type Envelope = z.output<typeof envelope>;

/** How often the documents let an app call a command in a second, where its page says nothing else. */
export const DOCUMENTED_CALLS = 200;

/** One command of the REST API: `POST /v4/<service>/<command>`. */
export interface RestCommand {
  readonly service: string;
  readonly command: string;
  /** The number of its page, where that is known: https://trtc.io/document/<page>. */
  readonly page?: number;
  /** How often the documents let an app call it in a second; `DOCUMENTED_CALLS` where it is absent. */
  readonly callsPerSecond?: number;
  readonly request: z.core.$ZodType;
  /** What a successful answer holds, the envelope included. */
  readonly response: z.core.$ZodType;
}
