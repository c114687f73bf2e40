import { expect, it } from "vitest";

import { sessionRecordsContract } from "../store/session-records.contract.ts";
import { createOwnSessionRecords, createSessions } from "./sessions.ts";

sessionRecordsContract("records in memory", async () => createOwnSessionRecords());

it("is a session as long as the admin token is the one that it was got for", async () => {
  const records = createOwnSessionRecords();
  const withToken = (adminToken: string) =>
    createSessions({ adminToken, records, newSecret: () => "an id", now: () => 1_700_000_000_000 });
  const session = await withToken("first").begin();
  expect(await withToken("first").find("an id")).toEqual(session);
  expect(await withToken("second").find("an id")).toBeUndefined();
});
