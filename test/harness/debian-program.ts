import { spawn, spawnSync, type ChildProcess } from "node:child_process";

import { endsWithTests } from "./children.ts";

/** A program that is not on npm, where this machine has it. */
export interface DebianProgram {
  /** Why there is none here; `undefined` where there is. */
  readonly missing: string | undefined;
  /**
   * Starts it and resolves when its standard error says that it is ready.
   * @throws where it ends before, with what it said
   */
  start(args: readonly string[], ready: string): Promise<ChildProcess>;
}

/**
 * Looks for a program.
 * @param from the Debian package that has it
 * @param version what it is asked for its version with
 */
export function debianProgram(name: string, from: string = name, version = "--version"): DebianProgram {
  // Debian puts servers where only root looks by default.
  const program = [name, `/usr/sbin/${name}`].find((path) => spawnSync(path, [version]).status === 0);
  return {
    missing: program === undefined ? `there is no ${name} here (apt-get install ${from})` : undefined,
    async start(args, ready) {
      const child = endsWithTests(spawn(program ?? name, args, { stdio: ["ignore", "ignore", "pipe"] }));
      let said = "";
      // It is read on to the end: who writes to somebody gone is ended for it.
      const isReady = await new Promise<boolean>((resolve) => {
        child.stderr.on("data", (chunk: Buffer) => {
          if (!said.includes(ready)) said += chunk.toString();
          if (said.includes(ready)) resolve(true);
        });
        child.stderr.on("close", () => resolve(false));
      });
      if (!isReady) throw new Error(`${name} ended:\n${said}`);
      return child;
    },
  };
}
