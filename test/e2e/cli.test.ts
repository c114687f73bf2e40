import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

import { verifyUserSig } from "@muster/protocol";
import { describe, expect, it, onTestFinished } from "vitest";

import { endsWithTests } from "../harness/children.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { startIm } from "../harness/im.ts";
import { installedNodes } from "../harness/installed-nodes.ts";
import { startProgram } from "../harness/program.ts";
import { startTestRecorder } from "../harness/recorder.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app" };

/** Runs a command to its end. */
async function run(...args: string[]): Promise<{ status: number | null; lines: readonly string[]; errors: string }> {
  const program = startProgram(args);
  const status = await program.ended();
  return { status, lines: program.lines, errors: program.errors() };
}

function serverConfig(folder: string, more: object = {}): object {
  return { server: { port: 0, store: `sqlite:${join(folder, "server.db")}`, ...more }, apps: [app] };
}

it.each(installedNodes())("muster started by %s runs, stops and is killed as one program", async (node) => {
  const folder = temporaryFolder();
  const args = ["serve", "--config", writeConfig(folder, serverConfig(folder))];
  const stopped = startProgram(args, {}, node);
  await stopped.url();
  expect(await stopped.kill("SIGTERM"), stopped.errors()).toBe(0);
  const killed = startProgram(args, {}, node);
  const url = await killed.url();
  await killed.kill("SIGKILL");
  await expect.poll(() => fetch(`${url}/healthz`).catch(() => "gone")).toBe("gone");
});

describe("muster usersig", () => {
  it("prints a UserSig alone, so that a shell can take it as it is", async () => {
    const args = ["--sdkappid", "1400000001", "--key", app.secretKey, "--userid", "leckie", "--expire", "3600"];
    const { status, lines } = await run("usersig", ...args);
    expect(status).toBe(0);
    expect(lines).toHaveLength(1);
    const expected = { sdkAppId: app.sdkAppId, userId: "leckie" };
    const verdict = await verifyUserSig(lines[0] ?? "", expected, [app.secretKey], Date.now());
    expect(verdict).toMatchObject({ ok: true, claims: { expiresIn: 3600 } });
  });
});

describe("the exit status", () => {
  const commands = [
    "dev",
    "serve",
    "record",
    "usersig",
    "check",
    "tail",
    "trigger",
    "replay",
    "endpoint",
    "reconcile",
    "export",
    "migrate-store",
  ];

  it("is 0 for help, which names every command", async () => {
    const { status, lines } = await run("--help");
    expect(status).toBe(0);
    for (const command of commands) expect(lines.join("\n")).toContain(command);
  });

  it.each(commands)("is 0 for help, which has an example and the statuses: muster %s", async (command) => {
    const { status, lines } = await run(command, "--help");
    expect(status).toBe(0);
    expect(lines.join("\n")).toMatch(/^Examples?:$.*^Exit status: 0 done, 1 failed, 2 used wrongly\.$/ms);
  });

  it.each([
    { args: ["bogus"], says: "unknown command" },
    { args: ["serve"], says: "--config" },
    { args: ["serve", "--config", "x", "--port", "70000"], says: "0 to 65535" },
    { args: ["trigger", "Group.CallbackAfterNothing", "--url", "http://x", "--sdkappid", "7"], says: "no callback" },
    { args: ["replay", "--sdkappid", "7"], says: "--dead" },
    { args: ["replay", "7", "--dead"], says: "one delivery" },
    { args: ["reconcile", "--rate", "0"], says: "calls in a second" },
    { args: ["reconcile"], says: "--sdkappid" },
    { args: ["reconcile", "--sdkappid", "7"], says: "--key" },
    { args: ["reconcile", "--sdkappid", "7", "--key", "k"], says: "--backend" },
    { args: ["export", "--table", "events_log"], says: "Allowed choices" },
    { args: ["usersig", "--sdkappid", "abc", "--key", "k", "--userid", "leckie"], says: "whole number" },
    { args: ["usersig", "--sdkappid", "4294967296", "--key", "k", "--userid", "leckie"], says: "to 4294967295" },
    { args: ["usersig", "--sdkappid", "7", "--key", "", "--userid", "leckie"], says: "must not be empty" },
    { args: ["usersig", "--sdkappid", "7", "--key", "k", "--userid", "x".repeat(33)], says: "1 to 32 bytes" },
  ])("is 2 where it is used wrongly: muster $args", async ({ args, says }) => {
    const { status, errors } = await run(...args);
    expect(status).toBe(2);
    expect(errors).toContain(says);
  });
});

describe("a program that cannot start says why, what to do, and exits with 1", () => {
  it("where its configuration is wrong: every problem with path, value and what is allowed", async () => {
    const folder = temporaryFolder();
    const config = writeConfig(folder, {
      server: { port: 70_000, hots: "127.0.0.1" },
      apps: [
        {
          sdkAppId: "1400000001",
          callback: {
            url: "ftp://backend",
            switches: ["Group.CallbackAfterTopicDestroyed", "Group.CallbackAfterGroupDisbanded"],
          },
        },
      ],
    });
    const { status, errors } = await run("serve", "--config", config);
    expect(status).toBe(1);
    expect(errors).toContain("server.port is 70000: must be a port from 0 to 65535");
    expect(errors).toContain("server.hots: is not known; known here: host, port");
    expect(errors).toContain('apps[0].sdkAppId is "1400000001": must be an app\'s SDKAppID');
    expect(errors).toContain("apps[0].secretKey: is missing");
    expect(errors).toContain('apps[0].callback.url is "ftp://backend": must be a URL');
    expect(errors).toMatch(
      /switches\[0\] is "Group.CallbackAfterTopicDestroyed": .* use Group.CallbackAfterGroupDestroyed/,
    );
    expect(errors).toMatch(/switches\[1\] is "Group.CallbackAfterGroupDisbanded": must be one of/);
  });

  it("where its port is taken", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await once(squatter, "listening");
    onTestFinished(() => {
      squatter.close();
    });
    const { port } = squatter.address() as AddressInfo;
    const folder = temporaryFolder();
    const config = writeConfig(folder, serverConfig(folder, { port, logLevel: "error" }));
    const { status, errors } = await run("serve", "--config", config);
    expect(status).toBe(1);
    expect(errors.trim()).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program: stop that one, or choose another port with --port (0 takes a free one).`,
    );
  });

  it("where its data folder cannot be written to", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const config = writeConfig(folder, serverConfig(folder, { store: `sqlite:${join(folder, "file", "server.db")}` }));
    const { status, errors } = await run("serve", "--config", config);
    expect(status).toBe(1);
    expect(errors.trim()).toMatch(
      /^The store .*server\.db cannot be used: .*; set another path in the configuration's store\.$/,
    );
  });

  it("where another process has its store", async () => {
    const folder = temporaryFolder();
    const config = writeConfig(folder, serverConfig(folder));
    const first = startProgram(["serve", "--config", config]);
    await first.url();
    const second = await run("serve", "--config", config);
    expect(second.status).toBe(1);
    expect(second.errors).toContain("another process has it open; stop that process first.");
    expect(await first.kill("SIGTERM")).toBe(0);
  });
});

describe("configuration from elsewhere", () => {
  it("takes single values from the environment and secrets from files", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "secrets"));
    writeFileSync(join(folder, "secrets", "key"), `${app.secretKey}\n`);
    const config = writeConfig(folder, {
      server: { port: 1, store: `sqlite:${join(folder, "server.db")}` },
      apps: [{ sdkAppId: app.sdkAppId, secretKeyFile: join(folder, "secrets", "key") }],
    });
    const program = startProgram(["serve", "--config", config], { MUSTER_SERVER_PORT: "0" });
    expect(await program.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await program.kill("SIGTERM")).toBe(0);
  });

  it("fails on a variable that names no setting", async () => {
    const folder = temporaryFolder();
    const program = startProgram(["serve", "--config", writeConfig(folder, serverConfig(folder))], {
      MUSTER_SERVER_PROT: "1",
    });
    expect(await program.ended()).toBe(1);
    expect(program.errors()).toContain("MUSTER_SERVER_PROT: is no setting");
  });
});

describe("muster tail", () => {
  it("fails where no recorder answers, naming the remedy", async () => {
    const { status, errors } = await run("tail", "--url", "http://127.0.0.1:1");
    expect(status).toBe(1);
    expect(errors).toContain("No recorder answers at http://127.0.0.1:1 (bad port): start one");
  });
});

it.each([["tail"], ["export"], ["reconcile", "--backend", "http://127.0.0.1:1", "--sdkappid", "1", "--key", "key"]])(
  "muster %s fails where an IM backend answers in place of a recorder",
  async (...command) => {
    const { url } = await startIm();
    const option = command.length > 1 ? "--recorder" : "--url";
    const { status, lines, errors } = await run(...command, option, url);
    expect([status, lines, errors]).toEqual([1, [], expect.stringContaining("is no recorder: name")]);
  },
);

describe("muster export and muster tail, of a recorder with an admin token", () => {
  it("show what there is to who has it", async () => {
    const recorder = await startTestRecorder({ section: { adminToken: "of the recorder" } });
    await recorder.post({ body: { CallbackCommand: "Group.CallbackAfterGroupFull", GroupId: "@TGS#2J4SZEAEL" } });
    const { status, errors } = await run("export", "--url", recorder.url);
    expect([status, errors]).toEqual([1, expect.stringContaining("refused (401)")]);
    const exported = await run("export", "--url", recorder.url, "--token", "of the recorder");
    expect([exported.status, ...exported.lines]).toEqual([0, expect.stringContaining("@TGS#2J4SZEAEL")]);
    const tail = startProgram(["tail", "--url", recorder.url, "--after", "0"], {
      MUSTER_RECORDER_ADMIN_TOKEN: "of the recorder",
    });
    expect(await tail.line(({ groupId }) => groupId === "@TGS#2J4SZEAEL")).toMatchObject({ position: "1" });
    tail.child.kill("SIGKILL");
  });
});

describe("npm start", () => {
  it("shows a group's whole life to the demo, and to muster tail", async () => {
    const folder = join(temporaryFolder(), "data");
    const program = startProgram(["dev", "--folder", folder, "--port", "0", "--recorder-port", "0"]);
    const server = await program.url("server");
    const recorder = await program.url("recorder");
    const ready = await program.line(({ event }) => event === "ready");
    expect(ready).toMatchObject({ console: `${server}/console`, recorder, sdkAppId: 1400000001 });
    expect(ready["paste"]).toMatch(/^curl .*create_group.*; curl .*destroy_group/);
    const page = await fetch(String(ready["console"]));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<title>Muster</title>");

    const tail = startProgram(["tail", "--url", recorder, "--after", "0"]);
    const demo = await runDemo(folder);
    expect(demo.errors).toBe("");
    expect(demo.status).toBe(0);
    expect(demo.output).toMatch(/12 steps, 12 callbacks kept, each within \d+ ms\./);
    const last = await tail.line(
      ({ command, platform }) => command === "Group.CallbackAfterGroupDestroyed" && platform === "Web",
    );
    expect(last).toMatchObject({ sequence: 2, fault: null, body: { Name: "MySecondGroup" } });
    tail.child.kill("SIGKILL");
    expect(await program.kill("SIGTERM"), program.errors()).toBe(0);

    // A second start finds what the first one left, its secrets too.
    const secrets = readFileSync(join(folder, "muster.json"), "utf8");
    const again = startProgram(["dev", "--folder", folder, "--port", "0", "--recorder-port", "0"]);
    const { events } = (await (await fetch(`${await again.url("recorder")}/v1/events`)).json()) as {
      events: unknown[];
    };
    expect(events).toHaveLength(12);
    expect(readFileSync(join(folder, "muster.json"), "utf8")).toBe(secrets);

    // Without the demo app there is nothing to show: it says so, and ends.
    const { server: section } = JSON.parse(secrets) as { server: { adminToken: string } };
    const gone = await fetch(`${await again.url("server")}/admin/v1/apps/1400000001`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${section.adminToken}` },
    });
    expect(gone.ok).toBe(true);
    expect(await again.kill("SIGTERM")).toBe(0);
    const { status, errors } = await run("dev", "--folder", folder, "--port", "0", "--recorder-port", "0");
    expect([status, errors]).toEqual([1, expect.stringContaining("has no app that the admin API has not deleted")]);
  });
});

async function runDemo(folder: string): Promise<{ status: number | null; output: string; errors: string }> {
  const script = join(import.meta.dirname, "..", "..", "scripts", "demo.ts");
  const child = endsWithTests(spawn(process.execPath, [script, folder], { env: { ...process.env, NO_COLOR: "1" } }));
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output, errors };
}
