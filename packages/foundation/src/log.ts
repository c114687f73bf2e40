import { pino, type Logger } from "pino";

import { createRepeats } from "./repeats.ts";

export type { Logger };

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Most characters that are kept while they cannot be written; what is logged beyond that is lost. */
const MOST_UNWRITTEN = 1_048_576;

/**
 * The program's log: JSON lines on standard error, because standard output belongs to what a program was asked
 * for. At `info` and above nothing of a group, a user or a callback's content is written. The same failure is said once
 * a minute, with how often it was there meanwhile. A log that cannot be written stops nothing, and goes on once it can.
 */
export function createLog(program: string, level: LogLevel): Logger {
  // By a clock that is never set: one that was set back would have failures kept quiet until it has caught up.
  const hooks = { logMethod: createRepeats(() => performance.now()) };
  const destination = pino.destination({ dest: 2, sync: true, maxLength: MOST_UNWRITTEN });
  // Where the disk that it goes to is full nobody can be told; without anybody who hears of it the program would end.
  destination.on("error", () => undefined);
  return pino({ name: program, level, base: { program }, hooks }, destination);
}
