import { systemClock, type Clock } from "@muster/foundation";
import { expect, it } from "vitest";

import { temporaryFolder } from "../harness/folder.ts";
import { sdkAppId, startIm } from "../harness/im.ts";
import { startTestRecorder, type EventList } from "../harness/recorder.ts";
import { metricReaches } from "../harness/rest.ts";

const create = "group_open_http_svc/create_group";
const group = { Type: "Public", Name: "MyFirstGroup" };

it("counts a day's new groups across a restart, and does not tell of them again", async () => {
  const now = Date.now();
  const clock: Clock = { now: () => now, after: systemClock.after };
  const setting = {
    folder: temporaryFolder(),
    clock,
    quantities: { newGroupsPerDay: 3 },
    switches: ["Group.CallbackAfterGroupInfoChanged"],
  };
  const first = await startIm(setting);
  const { GroupId } = await first.rest(create, group);
  for (let i = 0; i < 2; i += 1) expect(await first.rest(create, group)).toMatchObject({ ErrorCode: 0 });
  const [alarm] = await first.backend.received(1);
  expect(alarm?.body).toEqual({
    CallbackCommand: "Group.CallbackOnDailyGroupQuotaAlarm",
    QuotaUsed: 3,
    Quota: 3,
    EventTime: now,
  });
  await first.stop();

  const second = await startIm(setting);
  expect(await second.rest(create, group)).toMatchObject({ ErrorCode: 10006 });
  expect(await second.rest("group_open_http_svc/destroy_group", { GroupId })).toMatchObject({ ErrorCode: 0 });
  expect(await second.rest(create, group)).toMatchObject({ ErrorCode: 0 });
  await metricReaches(second.url, `muster_callbacks{sdk_app_id="${sdkAppId}",state="pending"}`, 0);
  expect(second.backend.arrivals).toEqual([]);

  // A receiver keeps it though it is about no group.
  const recorder = await startTestRecorder();
  expect(await recorder.post({ body: alarm?.body ?? {} })).toMatchObject({ status: 200 });
  const { events } = await recorder.get<EventList>("/v1/events");
  expect(events).toMatchObject([{ command: "Group.CallbackOnDailyGroupQuotaAlarm" }]);
});
