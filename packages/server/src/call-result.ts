import { ErrorCode } from "@muster/protocol";

/** What is the server's own failure; every other code refuses what the caller asked for. */
const failures: ReadonlySet<number> = new Set([ErrorCode.Internal, ErrorCode.AccountInternal, ErrorCode.Timeout]);

/** What came of a call, by its code: whether a caller or the server has something to mend. */
export function callResult(code: number): "ok" | "refused" | "failed" {
  if (code === ErrorCode.Ok) return "ok";
  return failures.has(code) ? "failed" : "refused";
}
