import { createLog, systemClock } from "@muster/foundation";
import { signUserSig } from "@muster/protocol";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";
import { expect, onTestFinished } from "vitest";

import { startEndpoint, type Arrival } from "../harness/endpoint.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { patient } from "../harness/patient.ts";
import type { RestAnswer } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";

export const sdkAppId = 1400000001;
export const secretKey = "the-key-of-the-demo-app";

/** When a server's day begins, in ms and in seconds since 1970. Its clock stands still until it is moved. */
export const NOW = 1_700_000_000_123;
export const NOW_S = 1_700_000_000;

/** Every switch of an after-callback about groups and topics. */
const switches = [
  "Group.CallbackAfterCreateGroup",
  "Group.CallbackAfterGroupDestroyed",
  "Group.CallbackAfterGroupInfoChanged",
  "Group.CallbackAfterChangeGroupOwner",
  "Group.CallbackAfterNewMemberJoin",
  "Group.CallbackAfterMemberExit",
  "Group.CallbackAfterGroupFull",
  "Group.CallbackAfterMemberFieldChanged",
  "Group.CallbackAfterGroupAttrChanged",
];

/** The service of each command that is not in `group_open_http_svc`. */
const services: Readonly<Record<string, string>> = {
  create_topic: "million_group_open_http_svc",
  destroy_topic: "million_group_open_http_svc",
  get_topic: "million_group_open_http_svc",
  modify_topic: "million_group_open_http_svc",
  get_group_attr: "group_open_attr_http_svc",
  account_import: "im_open_login_svc",
  multiaccount_import: "im_open_login_svc",
  account_delete: "im_open_login_svc",
  account_check: "im_open_login_svc",
  kick: "im_open_login_svc",
  query_online_status: "openim",
};

export function pathOf(command: string): string {
  return `/v4/${services[command] ?? "group_open_http_svc"}/${command}`;
}

export type Query = Readonly<Record<string, string>>;

/** An IM backend with one app whose own backend hears of everything. */
export interface Im {
  readonly url: string;
  /** The server's store, as it is configured. */
  readonly store: string;
  readonly clock: { now: number };
  /** Calls a command as the app's administrator. */
  readonly rest: (command: string, body: unknown) => Promise<RestAnswer>;
  /** The same with the body's own bytes, and with other parameters in the query; the HTTP status must be 200. */
  readonly post: (path: string, body: string | Uint8Array<ArrayBuffer>, query?: Query) => Promise<RestAnswer>;
  /** The query of a good call. */
  readonly query: Query;
  /** The callbacks since the last look, once all there are have been delivered. */
  readonly told: () => Promise<Record<string, unknown>[]>;
  /** The same with path, query and headers. */
  readonly arrived: () => Promise<readonly Arrival[]>;
  /** One group as `get_group_info` gives it. */
  readonly group: (groupId: string) => Promise<unknown>;
  /** A group's members as `get_group_info` gives them, by their ids. */
  readonly members: (groupId: string) => Promise<Record<string, Record<string, unknown>>>;
  /** Creates a group that must come about, and returns its id. */
  readonly create: (body: Readonly<Record<string, unknown>>) => Promise<string>;
}

/** Starts a server for the running test, with leckie, peter, bob and alice known to its first app. */
export async function startIm(app: object = {}, ...others: readonly object[]): Promise<Im> {
  const backend = await startEndpoint();
  const clock = { now: NOW };
  const store = await storeIn(temporaryFolder(), "server");
  const server = await startServer(
    serverConfig(
      serverSection.parse({ port: 0, store }),
      appsSection.parse([
        {
          sdkAppId,
          secretKey,
          features: { community: true, topic: true },
          groupCustomFields: ["Colour", "Level"],
          memberCustomFields: ["Nick", "Rank"],
          callback: { url: backend.url, allowPrivateNetwork: true, switches },
          ...app,
        },
        ...others,
      ]),
    ),
    { clock: { now: () => clock.now, after: systemClock.after }, log: createLog("server", "silent"), ...patient },
  );
  onTestFinished(() => server.stop());

  const claims = { sdkAppId, userId: "administrator", issuedAt: NOW_S, expiresIn: 864_000_000 };
  const good = {
    sdkappid: String(sdkAppId),
    identifier: "administrator",
    usersig: await signUserSig(claims, secretKey),
    random: "1",
    contenttype: "json",
  };
  const post: Im["post"] = async (path, body, query = good) => {
    const url = `${server.url}${path}?${new URLSearchParams(query).toString()}`;
    const response = await fetch(url, { method: "POST", body });
    expect(response.status).toBe(200);
    return (await response.json()) as RestAnswer;
  };
  const rest: Im["rest"] = (command, body) => post(pathOf(command), JSON.stringify(body));

  const pending = `muster_callbacks{sdk_app_id="${sdkAppId}",state="pending"}`;
  let seen = 0;
  async function arrived(): Promise<readonly Arrival[]> {
    await expect
      .poll(async () => {
        const metrics = (await (await fetch(`${server.url}/metrics`)).text()).split("\n");
        return metrics.find((line) => line.startsWith(pending)) ?? `${pending} 0`;
      })
      .toBe(`${pending} 0`);
    const news = backend.arrivals.slice(seen);
    seen += news.length;
    return news;
  }

  async function group(groupId: string): Promise<Record<string, unknown>> {
    const answer = await rest("get_group_info", { GroupIdList: [groupId] });
    return (answer["GroupInfo"] as Record<string, unknown>[])[0] ?? {};
  }

  expect(await rest("multiaccount_import", { Accounts: ["leckie", "peter", "bob", "alice"] })).toEqual(
    ok({ FailAccounts: [] }),
  );
  return {
    url: server.url,
    store,
    clock,
    rest,
    post,
    query: good,
    arrived,
    told: async () => (await arrived()).map(({ body }) => body),
    group,
    async members(groupId) {
      const list = (await group(groupId))["MemberList"] as (Record<string, unknown> & { Member_Account: string })[];
      return Object.fromEntries(list.map(({ Member_Account, ...fields }) => [Member_Account, fields]));
    },
    async create(body) {
      const answer = await rest("create_group", { Type: "Public", Name: "MyFirstGroup", ...body });
      expect(answer).toMatchObject({ ActionStatus: "OK", ErrorCode: 0 });
      return String(answer["GroupId"]);
    },
  };
}

/** Exactly the answer to a command that was carried out. */
export function ok(fields: object = {}): unknown {
  return { ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0, ...fields };
}

/** Exactly the answer to a command that was refused, with a text that names the field at fault. */
export function refused(code: number, field = ""): unknown {
  const ErrorInfo: unknown = expect.stringContaining(field);
  return { ActionStatus: "FAIL", ErrorInfo, ErrorCode: code };
}

/** `[{ Member_Account: "leckie" }, …]` */
export function accounts(...userIds: readonly string[]): { Member_Account: string }[] {
  return userIds.map((Member_Account) => ({ Member_Account }));
}

/** So many ids of users: user1, user2 … */
export function manyUsers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `user${i + 1}`);
}

/** Makes so many users known to the app. */
export async function importUsers({ rest }: Im, count: number): Promise<string[]> {
  const users = manyUsers(count);
  for (let at = 0; at < count; at += 100) {
    const answer = await rest("multiaccount_import", { Accounts: users.slice(at, at + 100) });
    expect(answer).toEqual(ok({ FailAccounts: [] }));
  }
  return users;
}

/** Chinese characters, three bytes each, and letters to make so many bytes. */
export function chinese(bytes: number): string {
  return "群".repeat(Math.floor(bytes / 3)) + "a".repeat(bytes % 3);
}

/** What must not change where a command is refused: a group as it is read before and after, and nothing is told. */
export async function unchanged(im: Im, groupId: string, attempt: () => Promise<void>): Promise<void> {
  const before = await im.group(groupId);
  await im.told();
  await attempt();
  expect(await im.group(groupId)).toEqual(before);
  expect(await im.told()).toEqual([]);
}
