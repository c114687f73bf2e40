import type { ChildProcess } from "node:child_process";

/** The processes that tests of this file have started and that still run. */
const running = new Set<ChildProcess>();

/** Has a process that a test has started end with the test's file at the latest, however the test ends. */
export function endsWithTests<Child extends ChildProcess>(child: Child): Child {
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Ends what still runs. Returns the command lines of those that no test has told to end. */
export function endChildren(): string[] {
  const forgotten = [...running].filter(({ killed }) => !killed).map(({ spawnargs }) => spawnargs.join(" "));
  for (const child of running) child.kill("SIGKILL");
  return forgotten;
}

// A run that is broken off comes to no end of its files.
process.once("exit", endChildren);
