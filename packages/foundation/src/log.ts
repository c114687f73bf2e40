import { pino, type Logger } from "pino";

import { createRepeats } from "./repeats.ts";

export type { Logger };

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * The program's log: JSON lines on standard error, because standard output belongs to what a program was asked
 * for. At `info` and above nothing of a group, a user or a callback's content is written. The same failure is said once
 * a minute, with how often it was there meanwhile.
 */
export function createLog(program: string, level: LogLevel): Logger {
  // By a clock that is never set: one that was set back would have failures kept quiet until it has caught up.
  const hooks = { logMethod: createRepeats(() => performance.now()) };
  return pino({ name: program, level, base: { program }, hooks }, pino.destination({ dest: 2, sync: true }));
}
