import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { checkBackend, type Verdict } from "@muster/receiver/testing";
import { describe, expect, it, onTestFinished } from "vitest";

import { startProgram } from "../harness/program.ts";
import { SDK_APP_ID, startTestRecorder } from "../harness/recorder.ts";

const TOKEN = "xxxxyyyy";
/** In ms: how fast a machine is that does much else is not asked here. */
const PATIENCE = 30_000;

/** Runs `muster check` to its end. */
async function check(...args: string[]) {
  const program = startProgram(["check", "--deadline", String(PATIENCE), ...args]);
  const status = await program.ended();
  return { status, errors: program.errors(), lines: program.lines.map((line) => JSON.parse(line) as Verdict) };
}

/** The handler that was written from the documents alone, in a process of its own: it may die of what comes. */
async function startSeedHandler(): Promise<string> {
  const file = join(import.meta.dirname, "seed-handler.ts");
  const script = `
    const { createSeedHandler } = await import(${JSON.stringify(`file://${file}`)});
    const { server } = createSeedHandler("${SDK_APP_ID}");
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return `http://127.0.0.1:${port}/callback`;
}

describe("muster check", () => {
  it("finds nothing wrong with the recorder, and leaves it but what cannot be read", async () => {
    const recorder = await startTestRecorder({ section: { apps: [{ sdkAppId: SDK_APP_ID, token: TOKEN }] } });
    const url = `${recorder.url}/callback`;
    const { status, errors, lines } = await check("--url", url, "--sdkappid", String(SDK_APP_ID), "--token", TOKEN);
    expect(errors).toBe("");
    expect(lines).toHaveLength(20);
    expect(lines.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
    expect(status).toBe(0);
    const { events } = await recorder.get<{ events: { fault: string | null }[] }>("/v1/events");
    expect(events.map(({ fault }) => fault)).toEqual([
      expect.stringContaining("not JSON"),
      expect.stringContaining("nests deeper"),
    ]);
  });

  it("exits with 1 where something failed, which it names with the remedy", async () => {
    const recorder = await startTestRecorder({ section: { apps: [{ sdkAppId: SDK_APP_ID, token: TOKEN }] } });
    const { status, lines } = await check("--url", `${recorder.url}/callback`, "--sdkappid", String(SDK_APP_ID));
    expect(lines[0]).toMatchObject({
      check: "right-call-after",
      verdict: "failed",
      reason: expect.stringContaining("401"),
      remedy: expect.stringContaining("token"),
    });
    expect(status).toBe(1);
  });

  it.each([
    [["--url", "backend", "--sdkappid", "1"], "http:// or https://"],
    [["--url", "http://127.0.0.1", "--sdkappid", "x"], "whole number"],
    [["--url", "http://127.0.0.1"], "--sdkappid"],
  ])("exits with 2 where it is used wrongly: %j", async (args, says) => {
    const { status, errors } = await check(...args);
    expect(status).toBe(2);
    expect(errors).toContain(says);
  });
});

it("a handler written from the documents alone takes what is right, and dies of what is not JSON", async () => {
  const verdicts = await checkBackend({ url: await startSeedHandler(), sdkAppId: SDK_APP_ID, deadlineMs: PATIENCE });
  const of = (verdict: string) => verdicts.filter((one) => one.verdict === verdict).map(({ check: name }) => name);
  expect(of("failed")).toEqual(["broken-json"]);
  expect(of("skipped")).toEqual(
    expect.arrayContaining(["sign-missing", "sign-wrong", "sign-stale", "deep-json", "still-alive"]),
  );
  expect(verdicts.at(-1)?.reason).toContain('since the check "takes a body that is not JSON"');
  expect(of("passed")).toEqual(
    expect.arrayContaining(["right-call-after", "answer-form", "foreign-app", "duplicate-bare", "large-group"]),
  );
});
