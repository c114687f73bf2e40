import { readFileSync } from "node:fs";

import { callbackCommands, callbackFields, callbackRow, fit, verifyCallbackSign } from "@muster/protocol";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";

import { createMemoryInbox } from "../inbox/memory-inbox.ts";
import { createReceiver } from "../create-receiver.ts";
import { sampleCallback } from "./sample-callback.ts";
import { sampleFields } from "./sample-fields.ts";

const sdkAppId = 1400000001;
const token = "xxxxyyyy";

describe.each(callbackCommands)("the sample of %s", (command) => {
  it("fits its schema and has the fields of a golden body", () => {
    const body = { CallbackCommand: command, ...sampleFields[command] };
    expect(fit(callbackRow(command).body, body)).toMatchObject({ ok: true });
    const known = callbackFields(command).map((field) => field.replace("?", ""));
    const order = Object.keys(body).filter((field) => known.includes(field));
    expect(order).toEqual(known.filter((field) => order.includes(field)));
  });

  it.each(["muster", "tencent"] as const)("is taken by a receiver, in the form of %s", async (form) => {
    const inbox = createMemoryInbox();
    const receiver = createReceiver({ apps: [{ sdkAppId, tokens: [token] }], inbox: { keep: inbox.keep } });
    const sample = await sampleCallback(command, { sdkAppId, token, form });
    expect(await receiver.handle(sample)).toMatchObject({ status: 200 });
    expect(inbox.kept()).toMatchObject([{ callback: { command, fault: undefined } }]);
  });
});

describe("a sample", () => {
  it("has the documented query and the headers of Muster", async () => {
    const now = 1_700_000_000_000;
    const sample = await sampleCallback("Group.CallbackAfterTopicDestroyed", {
      sdkAppId,
      token,
      now,
      id: "msg_1",
      sequence: 7,
      attempt: 2,
      url: "https://app.example.com/callback",
    });
    const url = new URL(sample.url);
    expect([url.origin, url.pathname]).toEqual(["https://app.example.com", "/callback"]);
    const query = Object.fromEntries(url.searchParams);
    expect(Object.keys(query)).toEqual(
      "SdkAppid CallbackCommand contenttype ClientIP OptPlatform Sign RequestTime".split(" "),
    );
    const { Sign: sign = "", RequestTime: requestTime = "" } = query;
    expect(await verifyCallbackSign({ sign, requestTime }, [token], now)).toBeUndefined();
    expect(sample.headers).toMatchObject({ "webhook-id": "msg_1", "muster-sequence": "7", "muster-attempt": "2" });
  });

  it("carries a signature that a Standard Webhooks library verifies", async () => {
    const sample = await sampleCallback("Group.CallbackAfterGroupDestroyed", { sdkAppId, token });
    const webhook = new Webhook(`whsec_${btoa(token)}`);
    const text = new TextDecoder().decode(sample.body);
    expect(webhook.verify(text, { ...sample.headers })).toMatchObject({ GroupId: "@TGS#2J4SZEAEL" });
    expect(() => webhook.verify(`${text} `, { ...sample.headers })).toThrow("signature");
  });

  it("is bare in the form of Tencent, and unsigned without a token", async () => {
    const sample = await sampleCallback("Group.CallbackAfterGroupDestroyed", { sdkAppId, form: "tencent" });
    expect(sample.headers).toEqual({});
    expect(new URL(sample.url).searchParams.has("Sign")).toBe(false);
    const named = await sampleCallback("Group.CallbackAfterGroupDestroyed", { sdkAppId });
    expect(named.headers).not.toHaveProperty("webhook-signature");
  });

  it("has the fields that it is given", async () => {
    const fields = { GroupId: "@TGS#mine", Name: undefined };
    const { body } = await sampleCallback("Group.CallbackAfterGroupDestroyed", { sdkAppId, fields });
    const json = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    expect(json).toMatchObject({ GroupId: "@TGS#mine", Type: "Public" });
    expect(json).not.toHaveProperty("Name");
  });

  it("has another id each time", async () => {
    const ids = new Set<string | undefined>();
    for (let i = 0; i < 3; i += 1) {
      const { headers } = await sampleCallback("Group.CallbackAfterGroupDestroyed", { sdkAppId });
      ids.add(headers["webhook-id"]);
    }
    expect(ids.size).toBe(3);
  });

  it("of disbanding is the golden body", () => {
    const file = new URL("../../../protocol/fixtures/after-group-destroyed/number-event-time.json", import.meta.url);
    const { body } = JSON.parse(readFileSync(file, "utf8")) as { body: unknown };
    const command = "Group.CallbackAfterGroupDestroyed";
    expect({ CallbackCommand: command, ...sampleFields[command] }).toEqual(body);
  });
});
