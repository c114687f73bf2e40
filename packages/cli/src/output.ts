import pc from "picocolors";

/** How a command speaks: to a person at a terminal, to a program everywhere else. */
export interface Output {
  readonly forPerson: boolean;
  /** A line for the person; nothing where a program listens. */
  say(line: string): void;
  /** A JSON line for the program; nothing where a person listens. */
  tell(fact: Readonly<Record<string, unknown>>): void;
  readonly colors: typeof pc;
}

/** @param json forces JSON lines, at a terminal too */
export function createOutput(json: boolean): Output {
  const forPerson = process.stdout.isTTY && !json;
  return {
    forPerson,
    say(line) {
      if (forPerson) process.stdout.write(`${line}\n`);
    },
    tell(fact) {
      if (!forPerson) process.stdout.write(`${JSON.stringify(fact)}\n`);
    },
    colors: pc,
  };
}
