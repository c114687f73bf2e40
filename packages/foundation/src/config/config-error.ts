/** One thing wrong with a configuration. */
export interface ConfigProblem {
  /** Where: `apps[0].callback.url`, or the name of an environment variable. */
  readonly path: string;
  /** What stands there, as JSON; absent where nothing does, or where it is a secret. */
  readonly value?: string;
  /** What is allowed there, or what to do. */
  readonly allowed: string;
}

/** A configuration cannot be used; all that is wrong with it, at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(source: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ path, value, allowed }) => `  ${path}${value === undefined ? "" : ` is ${value}`}: ${allowed}`,
    );
    super(`The configuration (${source}) cannot be used:\n${lines.join("\n")}`);
    this.problems = problems;
  }
}
