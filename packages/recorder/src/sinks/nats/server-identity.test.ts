import type { PeerCertificate } from "node:tls";

import { expect, it } from "vitest";

import { serverIdentity } from "./server-identity.ts";

/** Of a certificate what says whose it is. */
const of = (subjectaltname: string) => ({ subject: {}, subjectaltname }) as PeerCertificate;
const addressed = of("IP Address:192.0.2.1");
const named = of("DNS:nats.example.com");

it.each([
  [["192.0.2.1:4222"], "localhost", addressed, true],
  [["nats://192.0.2.9:4222", "tls://192.0.2.1"], "localhost", addressed, true],
  [["[2001:db8::1]:4222"], "localhost", of("IP Address:2001:DB8:0:0:0:0:0:1"), true],
  [["192.0.2.9:4222"], "localhost", addressed, false],
  [["192.0.2.1:4222"], "localhost", named, false],
  [["nats.example.com:4222"], "nats.example.com", named, true],
  [["nats.example.com", "192.0.2.1"], "nats.example.com", named, true],
  // Who is reached by name shows a certificate for that name.
  [["nats.example.com", "192.0.2.1"], "nats.example.com", addressed, false],
  [["nats.example.com:4222"], "another.example.com", named, false],
])("of %j, reached as %s", (servers, name, certificate, isRight) => {
  expect(serverIdentity(servers)(name, certificate) === undefined).toBe(isRight);
});
