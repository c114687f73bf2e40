import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

const runProgram = JSON.stringify(join(import.meta.dirname, "run-program.ts"));

interface Run {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves once standard output holds a text. */
  said(text: string): Promise<void>;
  /** The exit status, or the signal that ended it. */
  readonly end: Promise<number | string>;
}

/** A program in a process of its own: the source of what it does when it is told to stop, of what comes first, and of its start. */
function start(stop: string, first = "", starting = ""): Run {
  const script = `
    const { announce, runUntilStopped } = await import(${runProgram});
    const say = (text) => process.stdout.write(text + "\\n");
    // Whatever the program still does keeps it alive.
    setInterval(() => undefined, 1000);
    ${first}
    await runUntilStopped(async () => {
      ${starting}
      return { stop: ${stop} };
    });
    announce("test", "http://127.0.0.1:1");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: ["pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      for (const look of waiting) look();
    });
  }
  return {
    child,
    output: () => output,
    said: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (output.includes(text)) resolve();
        };
        waiting.add(look);
        look();
      }),
    end: once(child, "close").then(([code, signal]) => (code ?? signal) as number | string),
  };
}

describe("a program", () => {
  it("tells that it listens in one JSON line", async () => {
    const program = start("async () => undefined");
    await program.said("\n");
    expect(JSON.parse(program.output())).toEqual({ event: "listening", program: "test", url: "http://127.0.0.1:1" });
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "finishes what is in flight after %s, then ends with status 0",
    async (signal) => {
      const program = start(`async () => {
      say("stopping");
      await new Promise((resolve) => process.stdin.once("data", resolve));
      say("finished");
    }`);
      await program.said("listening");
      program.child.kill(signal);
      await program.said("stopping");
      program.child.stdin?.write("the last one\n");
      expect(await program.end).toBe(0);
      expect(program.output()).toMatch(/stopping\nfinished\n$/);
    },
  );

  it("ends at once at a second signal", async () => {
    const program = start(`async () => {
      say("stopping");
      await new Promise(() => undefined);
    }`);
    await program.said("listening");
    program.child.kill("SIGTERM");
    await program.said("stopping");
    program.child.kill("SIGINT");
    expect(await program.end).toBe(0);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "ends at once, with status 0, at a %s before it has started",
    async (signal) => {
      const program = start(
        `async () => say("stopping")`,
        "",
        `say("starting");
      await new Promise(() => undefined);`,
      );
      await program.said("starting");
      program.child.kill(signal);
      expect(await program.end).toBe(0);
      expect(program.output()).not.toContain("stopping");
    },
  );

  it("ends with status 1 where stopping fails, and says why", async () => {
    const program = start(`async () => { throw new Error("the disk is full"); }`);
    await program.said("listening");
    program.child.kill("SIGTERM");
    expect(await program.end).toBe(1);
    expect(program.output()).toContain("Error: the disk is full");
  });

  it("is cut off when it has not finished after 10 s", async () => {
    const program = start(
      "() => new Promise(() => undefined)",
      // The limit is the only timer that is set while stopping; here it does not wait.
      `const { setTimeout: later } = globalThis;
      globalThis.setTimeout = (act, delay) => {
        say("limit " + delay);
        return later(act, 1);
      };`,
    );
    await program.said("listening");
    program.child.kill("SIGTERM");
    expect(await program.end).toBe(0);
    expect(program.output()).toContain("limit 10000");
  });
});
