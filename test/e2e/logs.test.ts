import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";

import { systemClock } from "@muster/foundation";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";
import { pino } from "pino";
import { describe, expect, it } from "vitest";

import { ADMIN_TOKEN, ENCRYPTION_KEY } from "../harness/admin.ts";
import { startEndpoint } from "../harness/endpoint.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { sdkAppId } from "../harness/im.ts";
import { patient } from "../harness/patient.ts";
import { restApi } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";

const root = join(import.meta.dirname, "..", "..");
const guide = readFileSync(join(root, "docs", "guides", "logs.md"), "utf8");
const secretKey = "the-key-of-the-demo-app";

interface LogEvent {
  readonly level: string;
  readonly msg: string;
  readonly fields: readonly string[];
}

const documented: readonly LogEvent[] = [
  ...guide.matchAll(/^\| (debug|info|warn|error) +\| `([^`]+)` +\| (.*?) +\|$/gm),
].map(([, level = "", msg = "", fields = ""]) => ({
  level,
  msg,
  fields: [...fields.matchAll(/`(\w+)`/g)].map(([, field = ""]) => field),
}));

/** What each call of a log in the packages' sources says: its level and its text. */
function written(): string[] {
  const files = ["foundation", "server", "recorder"].flatMap((name) => {
    const folder = join(root, "packages", name, "src");
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));
  });
  return files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) => {
      const source = readFileSync(file, "utf8");
      return [...source.matchAll(/\blog\.(debug|info|warn|error)\(/g)].map((call) => {
        const text = /^[^;]*?"([^"]+)",?\s*\)/s.exec(source.slice(call.index))?.[1];
        return `${call[1]} ${text ?? `${file} says something that is not written there`}`;
      });
    });
}

/** Everything that a server wrote at info and above. */
function listenToLog() {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString("utf8").trim().split("\n"))
        lines.push(JSON.parse(line) as (typeof lines)[number]);
      done();
    },
  });
  return { lines, log: pino({ level: "info", base: { program: "server" } }, stream) };
}

describe("the guide to the logs", () => {
  it("has each line that there is, with its level, and no other", () => {
    const told = new Set(documented.map(({ level, msg }) => `${level} ${msg}`));
    expect([...told].toSorted()).toEqual([...new Set(written())].toSorted());
    expect(told.size).toBeGreaterThan(25);
  });
});

describe("a server's log at info", () => {
  it("tells of what fails and changes, in documented lines, and names no group, no user and nothing that they wrote", async () => {
    const { lines, log } = listenToLog();
    const endpoint = await startEndpoint("/callback", () => ({ status: 500, text: "broken" }));
    const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackBeforeCreateGroup"];
    const callback = { url: endpoint.url, allowPrivateNetwork: true, switches };
    const store = await storeIn(temporaryFolder(), "server");
    const server = await startServer(
      serverConfig(
        serverSection.parse({ port: 0, store, adminToken: ADMIN_TOKEN, encryptionKey: ENCRYPTION_KEY }),
        appsSection.parse([
          {
            sdkAppId,
            secretKey,
            administrators: ["administrator", "leckie"],
            callback: { ...callback, retry: [3_600] },
          },
          { sdkAppId: sdkAppId + 1, secretKey, callback: { ...callback, retry: "none" } },
        ]),
      ),
      { clock: systemClock, log, ...patient },
    );
    try {
      const fields = { Type: "Public", Name: "endgames", Introduction: "rooks", Owner_Account: "administrator" };
      for (const app of [sdkAppId, sdkAppId + 1]) {
        const rest = await restApi(server.url, { sdkAppId: app, secretKey, administrator: "administrator" });
        for (let i = 0; i < 12; i += 1)
          await rest("group_open_http_svc/create_group", { ...fields, GroupId: `chess-${i}` });
        await rest("group_open_http_svc/destroy_group", { GroupId: "chess-of-peter" });
      }
      const left = () => lines.filter((line) => line["msg"] === "an endpoint fails: it is left alone for a while");
      await expect.poll(() => new Set(left().map((line) => line["sdkAppId"])).size).toBe(2);
      const admin = {
        method: "PATCH",
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      };
      for (const userId of ["peter", "bob"]) {
        const url = `${server.url}/admin/v1/apps/${sdkAppId}/users/${userId}/user-sig`;
        expect((await fetch(url, { ...admin, method: "POST", body: "{}" })).status).toBe(200);
      }
      for (const app of [sdkAppId, sdkAppId + 1]) {
        const url = `${server.url}/admin/v1/apps/${app}`;
        expect((await fetch(url, { ...admin, body: '{ "callback": null }' })).status).toBe(200);
      }
    } finally {
      await server.stop();
    }

    const told = new Set(lines.map(({ msg }) => msg));
    expect([...told]).toEqual(
      expect.arrayContaining([
        "the server listens",
        "an app's answer to a before-callback cannot be used",
        "a callback could not be delivered",
        "a callback is given up: it is kept as a dead letter",
        "an endpoint fails: it is left alone for a while",
        "pending callbacks are cancelled: their app has no callback URL any more",
        "the admin API was used",
        "the server has stopped",
      ]),
    );
    // Each credential that was handed out is told of, and not to whom.
    const path = `/admin/v1/apps/${sdkAppId}/users/{userId}/user-sig`;
    const issued = lines.filter(({ operationId }) => operationId === "issueUserSig");
    expect(issued.map((line) => [line["msg"], line["path"]])).toEqual(
      [0, 1].map(() => ["the admin API was used", path]),
    );
    const usual = new Set(["level", "time", "program", "msg"]);
    for (const line of lines) {
      const level = { 30: "info", 40: "warn", 50: "error" }[Number(line["level"])];
      const event = documented.find(({ level: its, msg }) => its === level && msg === line["msg"]);
      const undocumented = Object.keys(line).filter((field) => !usual.has(field) && !event?.fields.includes(field));
      expect([event && line["msg"], undocumented], JSON.stringify(line)).toEqual([line["msg"], []]);
    }
    expect(JSON.stringify(lines)).not.toMatch(
      /chess|endgames|rooks|leckie|peter|bob|administrator|the-token|the-key|broken/,
    );
  });
});
