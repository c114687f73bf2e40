import type { PumpStatus } from "./pump.ts";

/** A sink as people see it. */
export interface SinkReport extends PumpStatus {
  readonly name: string;
  readonly type: string;
  /** Events of the journal behind its position, those that are not for it included. */
  readonly behind: number;
  /** For how long the oldest event that it has not got has been in the journal, in ms; 0 where there is none. */
  readonly lagMs: number;
  readonly deadLetters: number;
  /** Events since the start, each as often as it was taken. */
  readonly delivered: number;
  /** Calls since the start that did not end well. */
  readonly failures: number;
}
