import { EVENT, TYPES, type Client } from "@muster/client";
import { callbackSwitches } from "@muster/protocol";
import { describe, expect, it } from "vitest";

import { listen, startIm, type Im } from "../harness/im.ts";
import { createManualClock, type ManualClock } from "../harness/manual-clock.ts";
import { createMobile, type Mobile } from "../harness/mobile.ts";
import { proves } from "./proves.ts";

const STATE = "Group.CallbackOnMemberStateChange";
const ROOM = "live";

/** A device that found no net waits for up to half a minute until it looks again. */
const PATIENCE = { timeout: 90_000 };

/** A server with a room in it, whose time stands still, and whose app hears of every state. */
async function withRoom(): Promise<{ im: Im; clock: ManualClock }> {
  const clock = createManualClock(Date.now());
  const im = await startIm({ clock, switches: callbackSwitches.filter((name) => !name.includes("Before")) });
  await im.rest("group_open_http_svc/create_group", { GroupId: ROOM, Type: "AVChatRoom", Name: "n" });
  return { im, clock };
}

/** A device that can be taken off the net. */
async function mobile(im: Im, userID: string): Promise<Mobile & { readonly client: Client }> {
  const net = createMobile();
  return { ...net, client: await im.login(userID, { WebSocket: net.WebSocket }) };
}

/** The room's states as the app was told, once there are so many. */
async function states({ backend }: Im, count: number): Promise<unknown[]> {
  const those = () => backend.arrivals.filter(({ body }) => body["CallbackCommand"] === STATE);
  await expect.poll(() => those().length, PATIENCE).toBeGreaterThanOrEqual(count);
  return those().map(({ body }) => [body["EventType"], body["EventCause"], body["MemberList"]]);
}

const peter = [{ Member_Account: "peter" }];

/** Resolves once nobody is connected any more, as far as the server knows. */
async function nobodyThere({ url }: Im): Promise<void> {
  const devices = async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return /^muster_connected_devices (\d+)$/m.exec(metrics)?.[1];
  };
  await expect.poll(devices).toBe("0");
}

describe("OnMemberStateChange", () => {
  it(
    "has exactly the documented fields, and a query without ClientIP and OptPlatform",
    proves("callback:on-member-state-change:body"),
    async () => {
      const { im } = await withRoom();
      const client = await im.login("peter");
      await client.joinGroup({ groupID: ROOM });
      await states(im, 1);
      const arrival = im.backend.arrivals.find(({ body }) => body["CallbackCommand"] === STATE);
      expect(arrival?.raw).toMatch(
        /^\{"CallbackCommand":"Group\.CallbackOnMemberStateChange","GroupId":"live","EventType":"Online","EventCause":"Join","MemberList":\[\{"Member_Account":"peter"\}\],"EventTime":\d{13}\}$/,
      );
      expect(arrival?.url.split("?")[1]).toBe(`SdkAppid=1400000001&CallbackCommand=${STATE}&contenttype=json`);
      // Numbered with the room's other callbacks.
      const numbers = im.backend.arrivals.map(({ headers }) => headers["muster-sequence"]);
      expect(numbers).toEqual(["1", "2", "3"]);
    },
  );

  it(
    "comes with the first device that joins and the last that leaves",
    proves("callback:on-member-state-change:first-and-last", "callback:on-member-state-change:types"),
    async () => {
      const { im } = await withRoom();
      const [one, two] = [await im.login("peter"), await im.login("peter", { platform: "iPad" })];
      await one.joinGroup({ groupID: ROOM });
      expect(await two.joinGroup({ groupID: ROOM })).toMatchObject({
        data: { status: TYPES.JOIN_STATUS_ALREADY_IN_GROUP },
      });
      await one.logout();
      await two.quitGroup(ROOM);
      await two.joinGroup({ groupID: ROOM });
      await two.logout();
      const meeting = await im.login("peter");
      await im.rest("group_open_http_svc/create_group", { GroupId: "meeting", Type: "Meeting", Name: "n" });
      await meeting.joinGroup({ groupID: "meeting" });
      await meeting.quitGroup("meeting");
      await meeting.joinGroup({ groupID: ROOM });
      expect(await states(im, 5)).toEqual([
        ["Online", "Join", peter],
        ["Offline", "Quit", peter],
        ["Online", "Join", peter],
        ["Offline", "Quit", peter],
        ["Online", "Join", peter],
      ]);
    },
  );

  it(
    "tells of a connection that is away for 30 s, and of its return",
    { ...proves("callback:on-member-state-change:heartbeat", "user:resume:room"), timeout: 180_000 },
    async () => {
      const { im, clock } = await withRoom();
      const { client, leaveNet, findNet } = await mobile(im, "peter");
      await client.joinGroup({ groupID: ROOM });
      const hears = listen(client);
      const say = (Content: string) =>
        im.rest("group_open_http_svc/send_group_system_notification", { GroupId: ROOM, Content });

      leaveNet();
      await nobodyThere(im);
      clock.advance(29_999);
      await say("while away for short");
      findNet();
      await hears.heard(3);
      leaveNet();
      await nobodyThere(im);
      clock.advance(29_999);
      expect(await states(im, 1)).toEqual([["Online", "Join", peter]]);
      clock.advance(1);
      expect((await states(im, 2)).at(-1)).toEqual(["Offline", "HeartbeatInterrupt", peter]);
      await say("while away for long");
      findNet();
      expect((await states(im, 3)).at(-1)).toEqual(["Online", "HeartbeatRecover", peter]);
      await say("and back");
      await expect
        .poll(() => hears.events.filter(({ name }) => name === EVENT.GROUP_SYSTEM_NOTICE_RECEIVED), PATIENCE)
        .toMatchObject(
          ["while away for short", "while away for long", "and back"].map((userDefinedField) => ({
            data: { operationType: 255, userDefinedField },
          })),
        );
    },
  );
});

describe("a device that was away", () => {
  const invite = ({ rest }: Im, UserID: string, GroupId: string) =>
    rest("group_open_http_svc/add_group_member", { GroupId, MemberList: [{ Member_Account: UserID }] });

  it(
    "is told what happened meanwhile, once and in order, and nothing of groups before joining and after leaving",
    { ...proves("user:resume:missed", "user:resume:membership"), timeout: 180_000 },
    async () => {
      const im = await startIm();
      const { client, leaveNet, findNet } = await mobile(im, "peter");
      const hears = listen(client);
      const create = (GroupId: string) =>
        im.rest("group_open_http_svc/create_group", { GroupId, Type: "Public", Name: "n" });
      const rename = (GroupId: string, Name: string) =>
        im.rest("group_open_http_svc/modify_group_base_info", { GroupId, Name });
      for (const groupId of ["one", "two"]) await create(groupId);

      leaveNet();
      await nobodyThere(im);
      await rename("one", "too early");
      await invite(im, "peter", "one");
      await rename("one", "first");
      await invite(im, "peter", "two");
      await im.rest("group_open_http_svc/delete_group_member", { GroupId: "one", MemberToDel_Account: ["peter"] });
      await rename("one", "too late");
      await im.rest("group_open_http_svc/destroy_group", { GroupId: "two" });
      findNet();
      const { events } = hears;
      await expect
        .poll(() => events.filter(({ name }) => name !== EVENT.NET_STATE_CHANGE), PATIENCE)
        .toMatchObject([
          { data: { operationType: 7, groupID: "one" } },
          { data: [{ to: "one", payload: { operationType: TYPES.GRP_TIP_MBR_JOIN } }] },
          { data: [{ to: "one", payload: { newGroupProfile: { groupName: "first" } } }] },
          { data: { operationType: 7, groupID: "two" } },
          { data: [{ to: "two", payload: { operationType: TYPES.GRP_TIP_MBR_JOIN } }] },
          { data: { operationType: 4, groupID: "one" } },
          { data: { operationType: 5, groupID: "two" } },
        ]);
    },
  );

  it(
    "reads its groups where it has missed too much",
    { ...proves("user:resume:too-much"), timeout: 180_000 },
    async () => {
      const im = await startIm();
      const { client, leaveNet, findNet } = await mobile(im, "peter");
      const hears = listen(client);
      await im.rest("group_open_http_svc/create_group", { GroupId: "one", Type: "Public", Name: "n" });
      await invite(im, "peter", "one");
      await hears.heard(2);
      leaveNet();
      await nobodyThere(im);
      const rename = (Name: string) => im.rest("group_open_http_svc/modify_group_base_info", { GroupId: "one", Name });
      for (let i = 0; i < 1_000; i += 10) {
        await Promise.all(Array.from({ length: 10 }, (_, more) => rename(`name ${i + more}`)));
      }
      await rename("name 1000");
      findNet();
      await expect
        .poll(() => hears.events.slice(2).filter(({ name }) => name !== EVENT.NET_STATE_CHANGE), PATIENCE)
        .toMatchObject([{ name: EVENT.GROUP_LIST_UPDATED, data: [{ groupID: "one", name: "name 1000" }] }]);
    },
  );
});
