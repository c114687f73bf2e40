import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { ADMIN_TOKEN } from "../harness/admin.ts";
import { OK, startEndpoint, type Arrival } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { startPostgres } from "../harness/postgres.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { metricReaches, restApi, type RestCall } from "../harness/rest.ts";
import { startTcpProxy, through } from "../harness/tcp-proxy.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
const GROUPS = 120;
/** Callbacks of each group before the move: it was created, and renamed so often. */
const BEFORE = 10;
const SWITCHES = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupInfoChanged"];
const books = (state: string): string => `muster_callbacks{sdk_app_id="1400000001",state="${state}"}`;
const REFUSED = { status: 500, text: "not now" };

const groupOf = ({ body }: Arrival): string => String(body["GroupId"]);
const sequenceOf = ({ headers }: Arrival): number => Number(headers["muster-sequence"]);

/** Of groups whose names end in an odd digit every callback fails, and is tried again in a minute. */
const isRefused = (arrival: Arrival): boolean => /[13579]$/.test(groupOf(arrival));

it("moves to PostgreSQL though it is killed, and delivers there what was pending", { timeout: 300_000 }, async () => {
  const folder = temporaryFolder(tmpdir());
  const postgres = await startPostgres({ careless: true });
  onTestFinished(() => postgres.stop());
  let hasMoved = false;
  const answered: Arrival[] = [];
  const endpoint = await startEndpoint("/callback", (arrival) => {
    if (!hasMoved && isRefused(arrival)) return REFUSED;
    answered.push(arrival);
    return OK;
  });

  const serve = (section: object): Program => {
    const server = { port: 0, adminToken: ADMIN_TOKEN, logLevel: "silent", ...section };
    const { sdkAppId, secretKey } = app;
    return startProgram(["serve", "--config", writeConfig(folder, { server, apps: [{ sdkAppId, secretKey }] })]);
  };
  const renameAll = async (rest: RestCall, name: string): Promise<void> => {
    const rename = (_: unknown, i: number) =>
      rest("group_open_http_svc/modify_group_base_info", { GroupId: `group-${i}`, Name: name });
    const answers = await Promise.all(Array.from({ length: GROUPS }, rename));
    expect(new Set(answers.map(({ ErrorInfo }) => ErrorInfo))).toEqual(new Set([""]));
  };

  const path = join(folder, "server.db");
  const first = serve({ store: `sqlite:${path}` });
  const firstUrl = await first.url();
  // The admin API keeps it encrypted: without the key nothing would be delivered afterwards.
  const callback = { url: endpoint.url, allowPrivateNetwork: true, retry: [60, 60], switches: SWITCHES };
  const changed = await fetch(`${firstUrl}/admin/v1/apps/${app.sdkAppId}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ callback }),
  });
  expect(changed.status, await changed.text()).toBe(200);
  const rest = await restApi(firstUrl, app);
  await Promise.all(
    Array.from({ length: GROUPS }, (_, i) =>
      rest("group_open_http_svc/create_group", { GroupId: `group-${i}`, Type: "Public", Name: "n" }),
    ),
  );
  for (let i = 1; i < BEFORE; i += 1) await renameAll(rest, `name ${i}`);
  await metricReaches(firstUrl, books("delivered"), (GROUPS / 2) * BEFORE);
  const args = ["migrate-store", "--from", `sqlite:${path}`, "--to", postgres.url];
  const tooEarly = startProgram(args);
  expect(await tooEarly.ended()).toBe(1);
  expect(tooEarly.errors()).toContain("another process has it open; stop that process first");
  expect(await first.kill("SIGKILL")).toBeNull();

  // Its way to the database leads through this process, so that it gets no further while this one is held up.
  const way = through(await startTcpProxy(Number(new URL(postgres.url).port)), postgres.url);
  const killed = startProgram(["migrate-store", "--from", `sqlite:${path}`, "--to", way, "--json"]);
  await killed.line(({ event, table }) => event === "copying" && table === "outbox");
  expect(await killed.kill("SIGKILL")).toBeNull();
  const keyFile = `${path}.key`;
  const moved = { store: postgres.url, encryptionKey: readFileSync(keyFile, "utf8").trim() };
  const unready = serve(moved);
  expect(await unready.ended()).toBe(1);
  expect(unready.errors()).toContain("run muster migrate-store once more");
  const again = startProgram(args);
  expect(await again.ended(), again.errors()).toBe(0);
  expect(again.errors()).toBe("");
  const facts = again.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(facts.at(0)).toMatchObject({ event: "resumed" });
  expect(facts.at(-1)).toMatchObject({ event: "migrated", sealedApps: 1, keyFile });
  expect(facts.some(({ event }) => event === "copying")).toBe(false);

  hasMoved = true;
  const second = serve(moved);
  const secondUrl = await second.url();
  await metricReaches(secondUrl, books("accepted"), GROUPS * BEFORE);
  await renameAll(await restApi(secondUrl, app), "moved");
  const revived = startProgram(["endpoint", "revive", "--sdkappid", "1400000001", "--url", secondUrl], {
    MUSTER_ADMIN_TOKEN: ADMIN_TOKEN,
  });
  expect(await revived.ended(), revived.errors()).toBe(0);
  await metricReaches(secondUrl, books("pending"), 0);
  await metricReaches(secondUrl, books("delivered"), GROUPS * (BEFORE + 1));
  expect(await second.kill("SIGTERM"), second.errors()).toBe(0);

  const expected = Array.from({ length: BEFORE + 1 }, (_, i) => i + 1);
  for (const [group, arrivals] of Map.groupBy(answered, groupOf)) {
    expect([group, arrivals.map(sequenceOf).filter(isNew)]).toEqual([group, expected]);
  }
  expect(new Set(answered.map(groupOf)).size).toBe(GROUPS);
  // A number that came twice, because the first server was killed, came with the same id.
  const ids = Map.groupBy(endpoint.arrivals, (arrival) => `${groupOf(arrival)} ${sequenceOf(arrival)}`);
  for (const [, same] of ids) expect(new Set(same.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
});

function isNew(sequence: number, i: number, all: readonly number[]): boolean {
  return all.indexOf(sequence) === i;
}

it("says how it is used", async () => {
  const swapped = startProgram(["migrate-store", "--from", "postgres://localhost/muster", "--to", "sqlite:server.db"]);
  expect(await swapped.ended()).toBe(2);
  expect(swapped.errors()).toContain("'--to <store>' argument 'sqlite:server.db' is invalid. It must be postgres://");
  const to = ["--to", "postgres://127.0.0.1:1/muster"];
  const whole = startProgram(["migrate-store", "--from", "postgres://muster:secret@localhost/muster", ...to]);
  expect(await whole.ended()).toBe(2);
  expect(whole.errors()).toContain("It must be sqlite: followed by the path of the program's file.");
  expect(whole.errors()).not.toContain("secret");
  const missing = startProgram(["migrate-store", "--from", `sqlite:${temporaryFolder()}/server.db`, ...to]);
  expect(await missing.ended()).toBe(1);
  expect(missing.errors()).toMatch(/^There is no store .* to migrate: name the server's file\.\n$/);
});
