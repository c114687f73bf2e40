import { expect, it } from "vitest";

import { isLoopback } from "./is-loopback.ts";

it.each(["127.0.0.1", "127.8.0.1", "::1", "[::1]", "localhost"])("%s is this machine alone", (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each(["0.0.0.0", "::", "[::]", "192.0.2.1", "2001:db8::1", "127.example.com", "recorder.example.com", ""])(
  "%s is not",
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
