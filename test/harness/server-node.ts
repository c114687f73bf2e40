import type { GroupHistories } from "./group-histories.ts";
import { startProgram, type Program } from "./program.ts";
import type { RestCall } from "./rest.ts";

/** One of several servers on a database: one process after another, as whoever watches over it starts them. */
export interface ServerNode {
  /** Which of its processes runs. */
  readonly process: string;
  /** Goes on with the histories until they are finished, whichever process runs. */
  live(histories: GroupHistories, clients: number): Promise<void>;
  /** Kills the process and starts another one. */
  kill(): Promise<void>;
  /** The process stands still for so long, in ms, and goes on. */
  standStill(ms: number): Promise<void>;
  /** Stops the process as it should be, and returns its exit status. */
  stop(): Promise<number | null>;
}

export interface ServerNodePorts {
  readonly name: string;
  /** Writes the configuration of a process, and returns its file. */
  readonly configOf: (process: string) => string;
  readonly restOf: (url: string) => Promise<RestCall>;
}

/** Starts a server. A process that finds no database at its start ends, and there is another one at once. */
export function startServerNode({ name, configOf, restOf }: ServerNodePorts): ServerNode {
  let processes = 0;
  let process = "";
  let isStopping = false;
  let program = begin();

  function begin(): Program {
    processes += 1;
    process = `${name}-${processes}`;
    const begun = startProgram(["serve", "--config", configOf(process)]);
    void begun.ended().then((code) => {
      // After anything else than that there is none, and what is waited for does not come.
      if (program === begun && code === 1 && begun.errors().includes("cannot be used") && !isStopping)
        program = begin();
    });
    return begun;
  }

  return {
    get process() {
      return process;
    },
    async live(histories, clients) {
      while (!isStopping) {
        const current = program;
        const url = await current.url().catch(() => undefined);
        if (url !== undefined) {
          await histories.live(await restOf(url), clients, () => undefined);
          // Finished: of a process that has ended there is another one by then.
          if (current === program) return;
        } else if (current === program) {
          throw new Error(`${process} has ended by itself: ${current.errors()}`);
        }
      }
    },
    async kill() {
      const killed = program;
      program = begin();
      await killed.kill("SIGKILL");
    },
    async standStill(ms) {
      const { child } = program;
      child.kill("SIGSTOP");
      await new Promise<void>((resolve) => setTimeout(resolve, ms));
      child.kill("SIGCONT");
    },
    async stop() {
      isStopping = true;
      return await program.kill("SIGTERM");
    },
  };
}
