import type { Caller } from "./caller.ts";
import type { Outcome } from "./verdict.ts";

/** One thing that is asked of a backend. */
export interface Check {
  /** For programs. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  run(caller: Caller, deadlineMs: number): Promise<Outcome>;
}
