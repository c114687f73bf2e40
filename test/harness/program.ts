import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { endsWithTests } from "./children.ts";

const ownLauncher = join(import.meta.dirname, "..", "..", "packages", "cli", "bin", "muster.js");

/** A `muster` that was started as people start it, in a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  /** The lines of standard output so far, and all of standard error. */
  readonly lines: readonly string[];
  readonly errors: () => string;
  /** Resolves with the first JSON line that fits; rejects when the program ends before. */
  line(fits: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** Where it listens; with several programs in one, the one named. */
  url(program?: string): Promise<string>;
  /** Sends a signal and resolves with the exit status (`null` after SIGKILL). */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves with the exit status. */
  ended(): Promise<number | null>;
}

/**
 * Starts `muster` with arguments. No variable of this process that would configure it is handed on.
 * @param node the Node.js to start it with; this process's where it is absent
 * @param launcher the file to start; the repository's where it is absent
 */
export function startProgram(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  node = process.execPath,
  launcher = ownLauncher,
): Program {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("MUSTER_"));
  const child = endsWithTests(
    spawn(node, [launcher, ...args], {
      env: { ...Object.fromEntries(inherited), NO_COLOR: "1", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  const lines: string[] = [];
  let errors = "";
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  let ended = false;
  createInterface({ input: child.stdout }).on("line", (text) => {
    lines.push(text);
    wake();
  });
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const exit = once(child, "close").then(([code]) => {
    ended = true;
    wake();
    return code as number | null;
  });

  function line(fits: (fact: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      let next = 0;
      const look = (): void => {
        for (; next < lines.length; next += 1) {
          const parsed = parse(lines[next] ?? "");
          if (!parsed || !fits(parsed)) continue;
          waiting.delete(look);
          resolve(parsed);
          return;
        }
        if (ended) {
          waiting.delete(look);
          reject(new Error(`muster ${args.join(" ")} ended:\n${lines.join("\n")}\n${errors}`));
        }
      };
      waiting.add(look);
      look();
    });
  }

  return {
    child,
    lines,
    errors: () => errors,
    line,
    async url(program) {
      const found = await line(({ event, program: name }) => event === "listening" && (program ?? name) === name);
      return String(found["url"]);
    },
    async kill(signal) {
      child.kill(signal);
      return await exit;
    },
    ended: () => exit,
  };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
