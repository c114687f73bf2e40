import { expect, vi } from "vitest";

import { OK, startEndpoint } from "./endpoint.ts";
import { temporaryFolder, writeConfig } from "./folder.ts";
import { startProgram, type Program } from "./program.ts";
import { callbackQuery } from "./recorder.ts";
import { restApi, type RestAnswer } from "./rest.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
const CREATED = "Group.CallbackAfterCreateGroup";
/** A command is answered within so many ms, whatever the store does: 5 s for a connection, 10 s for all it asks, and what a busy machine adds. */
const DEADLINE = 40_000;

/** What a program says of itself at `/readyz`. */
export interface Readiness {
  readonly status: number;
  readonly why: string;
}

/** A server and a recorder, whose stores are about to fail. */
export interface TroubledPrograms {
  readonly server: Program;
  readonly recorder: Program;
  /** Has a group of so many members made; the answer must come in time. */
  create(groupId: string, members?: number): Promise<RestAnswer>;
  /** Posts a callback to the recorder; returns the HTTP status of its answer. */
  keep(sequence: number, padding?: number): Promise<number>;
  readiness(program: "server" | "recorder"): Promise<Readiness>;
  /** Resolves once both do their work again, and say so. */
  recovered(): Promise<void>;
  /** The groups whose creation was told of, in the order in which that came. */
  told(): string[];
  /** Everything that was acknowledged is there: groups and their callbacks, callbacks and their events. */
  nothingIsLost(): Promise<void>;
  /** Stops both; returns what they have logged. */
  stop(): Promise<string>;
}

export interface Stores {
  readonly server: string;
  readonly recorder: string;
}

export async function startTroubledPrograms(stores: Stores): Promise<TroubledPrograms> {
  const told: string[] = [];
  const endpoint = await startEndpoint("/callback", ({ body }) => {
    told.push(String(body["GroupId"]));
    return OK;
  });
  const config = writeConfig(temporaryFolder(), {
    server: { port: 0, store: stores.server, logLevel: "info" },
    recorder: {
      port: 0,
      store: stores.recorder,
      mirror: false,
      apps: [{ sdkAppId: app.sdkAppId }],
      logLevel: "info",
    },
    apps: [
      {
        sdkAppId: app.sdkAppId,
        secretKey: app.secretKey,
        quantities: { newGroupsPerDay: 1_000_000 },
        callback: { url: endpoint.url, allowPrivateNetwork: true, switches: [CREATED] },
      },
    ],
  });
  const server = startProgram(["serve", "--config", config]);
  const recorder = startProgram(["record", "--config", config]);
  const urls = { server: await server.url(), recorder: await recorder.url() };
  const rest = await restApi(urls.server, app);
  const acknowledged = { groups: new Set<string>(), callbacks: 0 };
  const users = Array.from({ length: 100 }, (_, i) => ({ Member_Account: `the-user-number-${i}` }));
  for (let i = 0; i < users.length; i += 50) {
    const Accounts = users.slice(i, i + 50).map(({ Member_Account }) => Member_Account);
    expect(await rest("im_open_login_svc/multiaccount_import", { Accounts })).toMatchObject({ ErrorCode: 0 });
  }

  async function create(groupId: string, members = 0): Promise<RestAnswer> {
    const began = performance.now();
    const body = { GroupId: groupId, Type: "Public", Name: "n", MemberList: users.slice(0, members) };
    const answer = await rest("group_open_http_svc/create_group", body);
    expect(performance.now() - began, `the answer for ${groupId}`).toBeLessThan(DEADLINE);
    if (answer.ErrorCode === 0) acknowledged.groups.add(groupId);
    return answer;
  }

  async function keep(sequence: number, padding = 0): Promise<number> {
    const noise = Array.from({ length: padding }, () => Math.random().toString(36).slice(2)).join("");
    const body = JSON.stringify({ CallbackCommand: CREATED, GroupId: `kept-${sequence}`, noise });
    const headers = { "webhook-id": `kept-${sequence}`, "content-type": "application/json" };
    const response = await fetch(`${urls.recorder}/callback?${callbackQuery(CREATED)}`, {
      method: "POST",
      body,
      headers,
    });
    await response.arrayBuffer();
    if (response.status === 200) acknowledged.callbacks += 1;
    return response.status;
  }

  async function readiness(program: keyof typeof urls): Promise<Readiness> {
    const response = await fetch(`${urls[program]}/readyz`);
    const { reason, ErrorInfo } = (await response.json()) as { reason?: string; ErrorInfo?: string };
    const why = reason ?? ErrorInfo ?? "";
    expect(why).not.toContain("a-secret");
    return { status: response.status, why };
  }

  let recoveries = 0;

  return {
    server,
    recorder,
    create,
    keep,
    readiness,
    told: () => [...told],
    async recovered() {
      const patience = { timeout: 60_000, interval: 100 };
      await vi.waitUntil(async () => {
        recoveries += 1;
        return (await create(`recovered-${recoveries}`)).ErrorCode === 0;
      }, patience);
      await vi.waitUntil(async () => {
        recoveries += 1;
        return (await keep(1_000 + recoveries)) === 200;
      }, patience);
      for (const program of ["server", "recorder"] as const) {
        await vi.waitUntil(async () => (await readiness(program)).status === 200, patience);
      }
    },
    async nothingIsLost() {
      await vi.waitUntil(() => [...acknowledged.groups].every((groupId) => told.includes(groupId)), {
        timeout: 60_000,
      });
      for (const GroupId of acknowledged.groups) {
        const answer = await rest("group_open_http_svc/get_group_info", { GroupIdList: [GroupId] });
        expect(answer["GroupInfo"], GroupId).toMatchObject([{ ErrorCode: 0 }]);
      }
      const { lastPosition } = (await (await fetch(`${urls.recorder}/v1/status`)).json()) as { lastPosition: number };
      expect(lastPosition).toBeGreaterThanOrEqual(acknowledged.callbacks);
    },
    async stop() {
      for (const program of [server, recorder]) expect(await program.kill("SIGTERM"), program.errors()).toBe(0);
      return server.errors() + recorder.errors();
    },
  };
}
