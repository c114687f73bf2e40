import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { callbackUrl } from "./callback-query.ts";
import { callbackCommands, callbackFields, callbackRow } from "./catalog.ts";

const folder = new URL("../fixtures/", import.meta.url);

const fixtureFile = z.strictObject({
  /** The page and the version of it that the body comes from. */
  source: z.string().check(z.minLength(1)),
  query: z.string(),
  /** The body as it is on the wire. */
  body: z.looseObject({ CallbackCommand: z.enum(callbackCommands) }),
  /** The body as the schema reads it. */
  read: z.record(z.string(), z.unknown()),
});

const fixtures = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".json"))
  .toSorted()
  .map((path) => ({ path, ...z.parse(fixtureFile, JSON.parse(readFileSync(new URL(path, folder), "utf8"))) }));

const withoutField = (body: Readonly<Record<string, unknown>>, field: string) =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));

describe.each(fixtures)("the golden body $path", ({ path, query, body, read }) => {
  const command = body.CallbackCommand;
  const row = callbackRow(command);
  const fields = callbackFields(command);

  it("stands in the folder of its callback", () => {
    const name = command.replace("Group.Callback", "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-");
    expect(path.split(/[\\/]/)[0]).toBe(name.toLowerCase());
  });

  it("fits the callback's schema and reads as written down", () => {
    expect(z.safeParse(row.body, body)).toEqual({ success: true, data: read });
  });

  it("has its fields in the order in which the schema names them", () => {
    const named = fields.map((field) => field.replace("?", ""));
    const known = Object.keys(body).filter((field) => named.includes(field));
    expect(known).toEqual(named.filter((field) => known.includes(field)));
  });

  it("comes with the documented parameters in the documented order", () => {
    const origin = Object.entries(row.systemMade ? {} : { ClientIP: "127.0.0.1", OptPlatform: "RESTAPI" });
    expect([...new URLSearchParams(query)]).toEqual([
      ["SdkAppid", "1400000001"],
      ["CallbackCommand", command],
      ["contenttype", "json"],
      ...origin,
    ]);
  });

  it("comes with the query that a callback's URL is given", () => {
    const url = callbackUrl("https://www.example.com", {
      sdkAppId: 1400000001,
      command,
      clientIp: "127.0.0.1",
      platform: "RESTAPI",
    });
    expect(url.href).toBe(`https://www.example.com/?${query}`);
  });

  it("keeps fields that nobody has heard of", () => {
    const added = { InviteOption: "NeedPermission", Later: { list: [1, null, "two"] } };
    expect(z.parse(row.body, { ...body, ...added })).toEqual({ ...read, ...added });
  });

  it.each(fields.filter((field) => !field.endsWith("?")))("is refused without %s", (field) => {
    expect(body).toHaveProperty([field]);
    const result = z.safeParse(row.body, withoutField(body, field));
    expect(result.error?.issues.map((issue) => issue.path)).toEqual([[field]]);
  });

  it("is read without each of the fields that may be absent", () => {
    for (const field of fields.filter((name) => name.endsWith("?")).map((name) => name.replace("?", ""))) {
      expect(z.parse(row.body, withoutField(body, field))).toEqual(withoutField(read, field));
    }
  });

  it("is refused under the name of another callback", () => {
    const other = callbackCommands.find((name) => name !== command);
    const result = z.safeParse(row.body, { ...body, CallbackCommand: other });
    expect(result.error?.issues.map((issue) => issue.path)).toEqual([["CallbackCommand"]]);
  });
});

it("every callback has a golden body", () => {
  const covered = new Set(fixtures.map((fixture) => fixture.body.CallbackCommand));
  expect(callbackCommands.filter((command) => !covered.has(command))).toEqual([]);
});

it("the wire's own lists keep unknown fields of their members", () => {
  const { body } = callbackRow("Group.CallbackAfterGroupDestroyed");
  const destroyed = {
    CallbackCommand: "Group.CallbackAfterGroupDestroyed",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    Owner_Account: "leckie",
    MemberList: [{ Member_Account: "leckie", Role: "Owner" }],
  };
  expect(z.parse(body, destroyed)).toEqual(destroyed);
});
