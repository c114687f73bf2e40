import type { CallbackCommand } from "@muster/protocol";

import type { App, Destination } from "../app-settings.ts";
import type { Attempt } from "./outbox.ts";

/** What is looked at when a callback URL is verified, in this order. */
export const verificationSteps = [
  "url",
  "name",
  "address",
  "connection",
  "tls",
  "answer",
  "status",
  "json",
  "code",
  "sign",
] as const;

/** What was found at one step of a verification. */
export interface Finding {
  readonly step: (typeof verificationSteps)[number];
  /** `unknown` where what failed later does not tell how far it came. */
  readonly verdict: "passed" | "noted" | "failed" | "unknown" | "not reached";
  /** What was found, in words. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** What came of calling a callback URL once. */
export interface Verification {
  /** Whether a callback would have been delivered. */
  readonly ok: boolean;
  readonly url: string;
  /** The callback that was sent. */
  readonly command: CallbackCommand;
  /** Whether it carried `Sign` and `RequestTime`. */
  readonly signed: boolean;
  readonly findings: readonly Finding[];
  /** How the call went; absent where none was made. */
  readonly attempt?: Pick<Attempt, "durationMs" | "outcome" | "status" | "code" | "answer">;
}

/** Tries callback URLs out. */
export interface CallbackVerifier {
  /**
   * Calls the URL once, with a callback about a group that cannot exist, and explains what happened. Never throws.
   * @param callback the app's settings, or others that are only tried
   */
  verify(app: App, callback: Destination, clientIp: string): Promise<Verification>;
}
