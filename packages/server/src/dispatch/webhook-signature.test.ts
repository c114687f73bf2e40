import { createHmac } from "node:crypto";

import fc from "fast-check";
import { expect, it } from "vitest";

import { webhookSignature } from "./webhook-signature.ts";

it("is the HMAC that node:crypto makes, whatever the token, the id and the body", () => {
  const token = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 128 }),
    fc.string({ unit: "grapheme", minLength: 60, maxLength: 70 }),
  );
  fc.assert(
    fc.property(token, fc.string(), fc.nat(), fc.string({ unit: "grapheme" }), (key, id, timestamp, body) => {
      const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
      expect(webhookSignature([key], id, timestamp, body)).toBe(`v1,${expected}`);
    }),
  );
});

it("has one for each token, in their order", () => {
  const [one, two] = ["one", "two"].map((token) => webhookSignature([token], "an-id", 1, "{}"));
  expect(webhookSignature(["one", "two"], "an-id", 1, "{}")).toBe(`${one} ${two}`);
});
