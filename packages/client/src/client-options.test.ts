import { afterEach, describe, expect, it, vi } from "vitest";

import { ClientErrorCode } from "./client-error.ts";
import { resolveOptions } from "./client-options.ts";

const sdkAppId = 1400000001;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a client's options", () => {
  it.each([
    ["https://im.example.com", "wss://im.example.com/v4/client?sdkappid=1400000001"],
    ["http://127.0.0.1:9000", "ws://127.0.0.1:9000/v4/client?sdkappid=1400000001"],
    ["wss://im.example.com/", "wss://im.example.com/v4/client?sdkappid=1400000001"],
    ["ws://[::1]:9000", "ws://[::1]:9000/v4/client?sdkappid=1400000001"],
    ["HTTPS://im.example.com/chat/", "wss://im.example.com/chat/v4/client?sdkappid=1400000001"],
    ["https://im.example.com/?shard=7", "wss://im.example.com/v4/client?shard=7&sdkappid=1400000001"],
  ])("lead from the server's address %s to its door", (url, door) => {
    expect(resolveOptions({ url, sdkAppId }).url).toBe(door);
  });

  it("are filled in", () => {
    expect(resolveOptions({ url: "https://im.example.com", sdkAppId })).toEqual({
      url: "wss://im.example.com/v4/client?sdkappid=1400000001",
      sdkAppId,
      platform: "Web",
      WebSocket: globalThis.WebSocket,
      requestTimeout: 10_000,
    });
  });

  it("are refused with all that is wrong with them", () => {
    vi.stubGlobal("WebSocket", undefined);
    expect(() => resolveOptions({ url: "im.example.com", sdkAppId, requestTimeout: Infinity })).toThrow(
      expect.objectContaining({
        code: ClientErrorCode.OptionsInvalid,
        message: expect.stringMatching(/url.*"im\.example\.com"; WebSocket.*; requestTimeout.*Infinity/),
      }),
    );
  });

  it.each(["", "ftp://im.example.com", "https://", "https//im.example.com"])("do not take %j for a URL", (url) => {
    expect(() => resolveOptions({ url, sdkAppId })).toThrow(/^url must/);
  });

  it.each([0, -1, Number.NaN, 2 ** 31])("do not take %d ms for a timeout", (requestTimeout) => {
    expect(() => resolveOptions({ url: "https://im.example.com", sdkAppId, requestTimeout })).toThrow(
      /^requestTimeout/,
    );
  });
});
