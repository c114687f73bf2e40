import { tmpdir } from "node:os";

import { createClient, EVENT, TYPES, type Client } from "@muster/client";
import { signUserSig } from "@muster/protocol";
import { expect, it, onTestFinished } from "vitest";

import { startBalancer } from "../harness/balancer.ts";
import { startEndpoint, type Arrival } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { createMobile } from "../harness/mobile.ts";
import { freePort } from "../harness/free-port.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { metricReaches, restApi, type RestCall } from "../harness/rest.ts";
import { onPostgres, storeIn } from "../harness/store.ts";

/** Where the store can be shared, who loses a connection comes back to another node. */
const NODES = onPostgres ? 2 : 1;

/** So many commands, with so many kills of the server and so many cuts of a device's connection in between. */
const COMMANDS = Number(process.env["CAMPAIGN_COMMANDS"] ?? (onPostgres ? 150 : 300));
const KILLS = Number(process.env["CAMPAIGN_KILLS"] ?? 3);
const CUTS = Number(process.env["CAMPAIGN_CUTS"] ?? 12);

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
const users = ["leckie", "peter", "bob"];
const ROOM = "live";
/** A device that found nobody waits for up to half a minute until it tries again. */
const PATIENCE = { timeout: 90_000 };
const groups = ["chess", "go", "mills", "draughts"];

type Random = () => number;

/** One device, what it has told its app of each group, and a way to cut its connection. */
interface Device {
  readonly userID: string;
  readonly client: Client;
  readonly heard: string[];
  /** The numbers that were sent to the room. */
  readonly room: number[];
  cut(): void;
}

it(
  `tells every device everything once and in order, while ${KILLS} kills and ${CUTS} cuts come between`,
  { timeout: 300_000 + KILLS * 15_000 },
  async () => {
    const random = createRandom(seedOf("devices-away"));
    const backend = await startEndpoint();
    const folder = temporaryFolder(tmpdir());
    const store = await storeIn(folder, "server");
    const ports = await Promise.all(Array.from({ length: NODES }, () => freePort()));
    const apps = [
      {
        sdkAppId: app.sdkAppId,
        secretKey: app.secretKey,
        callback: {
          url: backend.url,
          allowPrivateNetwork: true,
          switches: ["CreateGroup", "GroupDestroyed", "GroupInfoChanged", "NewMemberJoin", "MemberExit"].map(
            (name) => `Group.CallbackAfter${name}`,
          ),
        },
      },
    ];
    const start = (port: number): Program => {
      const config = writeConfig(temporaryFolder(), { server: { port, store, logLevel: "error" }, apps });
      return startProgram(["serve", "--config", config]);
    };
    const nodes = ports.map(start);
    for (const node of nodes) await node.url();
    const { url } = await startBalancer(ports);
    const rest = await restApi(url, app);
    // A room keeps no members: after each restart its users are back because their devices know of it.
    await rest("group_open_http_svc/create_group", { GroupId: ROOM, Type: "AVChatRoom", Name: "n" });
    const devices = await Promise.all(users.map((userID) => connected(url, userID)));
    for (const { client } of devices) await client.joinGroup({ groupID: ROOM });
    devices.push(...(await Promise.all(users.map((userID) => connected(url, userID)))));
    const sent: number[] = [];

    const kills = moments(random, KILLS);
    const cuts = moments(random, CUTS);
    const ends: unknown[] = [];
    for (let i = 0; i < COMMANDS; i += 1) {
      if (cuts.has(i)) devices[Math.floor(random() * devices.length)]?.cut();
      // Amid the command, before its answer or after: what became of it is in the callbacks.
      const done = command(rest, random, i, sent);
      if (kills.has(i)) {
        const killed = Math.floor(random() * NODES);
        ends.push(await nodes[killed]?.kill("SIGKILL"));
        await done;
        nodes[killed] = start(ports[killed] ?? 0);
        await nodes[killed].url();
      }
      await done;
    }
    await metricReaches(url, `muster_callbacks{sdk_app_id="${app.sdkAppId}",state="pending"}`, 0);

    expect(ends).toEqual(Array.from({ length: KILLS }, () => null));
    for (const { room } of devices) {
      await expect.poll(() => sent.filter((i) => !room.includes(i)), PATIENCE).toEqual([]);
      expect(room).toEqual([...new Set(room)].toSorted((a, b) => a - b));
    }
    for (const userID of users) {
      const expected = heardBy(userID, backend.arrivals);
      const own = devices.filter((device) => device.userID === userID);
      for (const { heard } of own) await expect.poll(() => heard.length, PATIENCE).toBe(expected.length);
      for (const { heard } of own)
        for (const groupId of groups) {
          const about = (all: readonly string[]) => all.filter((one) => one.startsWith(`${groupId}:`));
          expect(about(heard)).toEqual(about(expected));
        }
      // Across groups, too, all devices of a user agree.
      expect(new Set(own.map(({ heard }) => heard.join()))).toHaveProperty("size", 1);
      expect(expected.length).toBeGreaterThan(0);
    }
    console.log(`${devices.map(({ heard }) => heard.length).join(", ")} notices heard`);
    for (const node of nodes) expect(await node.kill("SIGTERM"), node.errors()).toBe(0);
  },
);

/** So many different numbers of commands. */
function moments(random: Random, count: number): ReadonlySet<number> {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(Math.floor(random() * COMMANDS));
  return drawn;
}

async function connected(url: string, userID: string): Promise<Device> {
  const { WebSocket, cut } = createMobile();
  const client = createClient({ url, sdkAppId: app.sdkAppId, WebSocket });
  onTestFinished(() => client.destroy());
  const heard: string[] = [];
  const room: number[] = [];
  client.on(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, ({ data }) => {
    if (data.operationType === 255) room.push(Number(data.userDefinedField));
    else heard.push(`${data.groupID}: notice ${data.operationType}`);
  });
  client.on(EVENT.MESSAGE_RECEIVED, ({ data }) => {
    for (const { to, payload } of data) {
      // Who was in the room when the others came differs, and is not what is asked here.
      if (to === ROOM) continue;
      const { operationType, userIDList, newGroupProfile } = payload;
      heard.push(`${to}: tip ${operationType} ${newGroupProfile?.groupName ?? userIDList.join(" ")}`);
    }
  });
  const now = Math.floor(Date.now() / 1000);
  const claims = { sdkAppId: app.sdkAppId, userId: userID, issuedAt: now, expiresIn: 3_600 };
  await client.login({ userID, userSig: await signUserSig(claims, app.secretKey) });
  return { userID, client, heard, room, cut };
}

/** One command about one group, which may be refused, or get no answer from a server that is killed. */
async function command(rest: RestCall, random: Random, i: number, sent: number[]): Promise<void> {
  const GroupId = groups[Math.floor(random() * groups.length)] ?? "";
  const some = users.filter(() => random() < 0.5).map((Member_Account) => ({ Member_Account }));
  const drawn = random();
  try {
    if (drawn < 0.2) await rest("group_open_http_svc/destroy_group", { GroupId });
    else if (drawn < 0.45) await rest("group_open_http_svc/add_group_member", { GroupId, MemberList: some });
    else if (drawn < 0.65) {
      const MemberToDel_Account = some.map(({ Member_Account }) => Member_Account);
      await rest("group_open_http_svc/delete_group_member", { GroupId, MemberToDel_Account });
    } else if (drawn < 0.8) await rest("group_open_http_svc/modify_group_base_info", { GroupId, Name: `name ${i}` });
    await rest("group_open_http_svc/create_group", { GroupId, Type: "Public", Name: "n", MemberList: some });
    await rest("group_open_http_svc/send_group_system_notification", { GroupId: ROOM, Content: String(i) });
    sent.push(i);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** What a user's device has to tell, by what the app's backend was told: group by group, since that is ordered. */
function heardBy(userID: string, arrivals: readonly Arrival[]): string[] {
  const heard: string[] = [];
  const members = new Map<string, boolean>();
  for (const { body } of inOrder(arrivals)) {
    const groupId = String(body["GroupId"]);
    if (groupId === ROOM) continue;
    const named = [body["MemberList"], body["NewMemberList"], body["ExitMemberList"]].flatMap(accounts);
    const isNamed = named.includes(userID);
    const wasIn = members.get(groupId) ?? false;
    const tip = (type: number, what: string): void => {
      heard.push(`${groupId}: tip ${type} ${what}`);
    };
    const notice = (type: number): void => {
      heard.push(`${groupId}: notice ${type}`);
    };
    switch (body["CallbackCommand"]) {
      case "Group.CallbackAfterCreateGroup":
        members.set(groupId, isNamed);
        if (isNamed) notice(7);
        break;
      case "Group.CallbackAfterNewMemberJoin":
        if (isNamed) notice(7);
        if (isNamed || wasIn) tip(TYPES.GRP_TIP_MBR_JOIN, named.join(" "));
        members.set(groupId, wasIn || isNamed);
        break;
      case "Group.CallbackAfterMemberExit":
        if (isNamed) notice(4);
        else if (wasIn) tip(TYPES.GRP_TIP_MBR_KICKED_OUT, named.join(" "));
        members.set(groupId, wasIn && !isNamed);
        break;
      case "Group.CallbackAfterGroupInfoChanged":
        if (wasIn) tip(TYPES.GRP_TIP_GRP_PROFILE_UPDATED, String(body["Name"]));
        break;
      default:
        if (isNamed) notice(5);
        members.delete(groupId);
    }
  }
  return heard;
}

/** Each callback once, as it came first, by its number within its group. */
function inOrder(arrivals: readonly Arrival[]): Arrival[] {
  const first = new Map(arrivals.toReversed().map((arrival) => [String(arrival.headers["webhook-id"]), arrival]));
  const number = ({ headers }: Arrival): number => Number(headers["muster-sequence"]);
  return [...first.values()].toSorted((a, b) => number(a) - number(b));
}

function accounts(list: unknown): string[] {
  return Array.isArray(list) ? list.map((one: { Member_Account: string }) => one.Member_Account) : [];
}
