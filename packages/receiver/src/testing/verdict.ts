/** How one check went. */
export interface Outcome {
  readonly verdict: "passed" | "warning" | "failed" | "skipped";
  /** What was seen, in a sentence. */
  readonly reason: string;
  /** What to do about it; with warnings and failures. */
  readonly remedy?: string;
}

/** What a check says of a backend. */
export interface Verdict extends Outcome {
  /** The check's name, for programs: it stays as it is. */
  readonly check: string;
  /** The same for people. */
  readonly title: string;
}

export function passed(reason: string): Outcome {
  return { verdict: "passed", reason };
}

export function warning(reason: string, remedy: string): Outcome {
  return { verdict: "warning", reason, remedy };
}

export function failed(reason: string, remedy: string): Outcome {
  return { verdict: "failed", reason, remedy };
}

export function skipped(reason: string): Outcome {
  return { verdict: "skipped", reason };
}
