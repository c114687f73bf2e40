import type { LogFn, Logger } from "pino";

/** For so long a failure that was said is counted only, in ms. */
const QUIET = 60_000;
/** Most failures that are told apart; beyond that all of them are new. */
const MOST = 256;

interface Said {
  readonly at: number;
  /** How often it was there since then. */
  repeats: number;
}

/**
 * Makes a hook of a log that says the same failure once a minute, and the next time how often it was there meanwhile
 * (`repeats`): a database that is away fails each command in the same way, and what else goes wrong must be found among them.
 * A failure is a line with an error (`err`); it is the same where text and error say the same.
 */
export function createRepeats(now: () => number) {
  const failures = new Map<string, Said>();

  /** How often it was there since it was said last, if it is to be said now. */
  function repeatsOf(failure: string): number | undefined {
    const said = failures.get(failure);
    if (said && now() - said.at < QUIET) {
      said.repeats += 1;
      return undefined;
    }
    if (failures.size >= MOST) failures.clear();
    failures.set(failure, { at: now(), repeats: 0 });
    return said?.repeats ?? 0;
  }

  return function logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
    const [facts, text] = args as readonly unknown[];
    const error = typeof facts === "object" && facts !== null && "err" in facts ? facts.err : undefined;
    if (!(error instanceof Error)) {
      method.apply(this, args);
      return;
    }
    const repeats = repeatsOf(`${String(text)} ${error.name} ${error.message}`);
    if (repeats === undefined) return;
    if (repeats === 0) method.apply(this, args);
    else method.call(this, { ...(facts as object), repeats }, String(text));
  };
}
