import { spawn, spawnSync, type ChildProcess } from "node:child_process";

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

/** Looks for a program of the Debian package of the same name. */
export function debianProgram(name: string): DebianProgram {
  // Debian puts servers where only root looks by default.
  const program = [name, `/usr/sbin/${name}`].find((path) => spawnSync(path, ["--version"]).status === 0);
  return {
    missing: program === undefined ? `there is no ${name} here (apt-get install ${name})` : undefined,
    async start(args, ready) {
      const child = spawn(program ?? name, args, { stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      for await (const chunk of child.stderr) {
        said += String(chunk);
        if (said.includes(ready)) break;
      }
      if (!said.includes(ready)) throw new Error(`${name} ended:\n${said}`);
      // Nobody reads on: what is in the way must not stop it.
      child.stderr.destroy();
      return child;
    },
  };
}
