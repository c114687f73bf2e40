import { describe, expect, it } from "vitest";

import { callbackUrl, type CallbackQuery } from "./callback-query.ts";
import { callbackCommands } from "./catalog.ts";
import { optPlatforms } from "./opt-platform.ts";

const query: CallbackQuery = {
  sdkAppId: 1400000001,
  command: "Group.CallbackAfterGroupDestroyed",
  clientIp: "127.0.0.1",
  platform: "RESTAPI",
};

const documented =
  "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupDestroyed&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI";

describe("the URL that a callback is posted to", () => {
  it("has the documented parameters, spelt and ordered as documented", () => {
    expect(callbackUrl("https://www.example.com", query).href).toBe(`https://www.example.com/?${documented}`);
  });

  it("keeps the scheme, the port and the path", () => {
    const url = callbackUrl("http://203.0.113.7:8080/im/callback/", query);
    expect(url.href).toBe(`http://203.0.113.7:8080/im/callback/?${documented}`);
  });

  it("ends with Sign and RequestTime where the app has a token", () => {
    const auth = { sign: "0a".repeat(32), requestTime: "1669872112" };
    expect(callbackUrl("https://www.example.com/", { ...query, auth }).search).toBe(
      `?${documented}&Sign=${auth.sign}&RequestTime=1669872112`,
    );
  });

  it("keeps the query of the configured URL in front, as it was written", () => {
    const url = callbackUrl("https://www.example.com/hook?token=a%2Fb+c&empty=", query);
    expect(url.search).toBe(`?token=a%2Fb+c&empty=&${documented}`);
  });

  it("takes a configured URL that ends with a question mark as one without a query", () => {
    expect(callbackUrl("https://www.example.com/hook?", query).search).toBe(`?${documented}`);
  });

  it("drops the fragment, which never leaves a client", () => {
    const url = callbackUrl("https://www.example.com/hook?a=1#top", query);
    expect(url.href).toBe(`https://www.example.com/hook?a=1&${documented}`);
  });

  it("keeps the credentials of the configured URL", () => {
    const url = callbackUrl("https://leckie:pass@www.example.com/", query);
    expect([url.username, url.password]).toEqual(["leckie", "pass"]);
  });

  it("encodes what an IPv6 address would break", () => {
    const { search, searchParams } = callbackUrl("https://www.example.com", { ...query, clientIp: "2001:db8::1" });
    expect(search).toContain("&ClientIP=2001%3Adb8%3A%3A1&");
    expect(searchParams.get("ClientIP")).toBe("2001:db8::1");
  });

  it("lets nothing through a value into the query", () => {
    const { searchParams } = callbackUrl("https://www.example.com", { ...query, clientIp: "1&Sign=x#y z+%" });
    expect(searchParams.get("ClientIP")).toBe("1&Sign=x#y z+%");
    expect(searchParams.has("Sign")).toBe(false);
  });

  it("says neither who nor where for what the service noticed by itself", () => {
    const { search } = callbackUrl("https://www.example.com", {
      ...query,
      command: "Group.CallbackOnMemberStateChange",
    });
    expect(search).toBe("?SdkAppid=1400000001&CallbackCommand=Group.CallbackOnMemberStateChange&contenttype=json");
  });

  it("says so for every other callback", () => {
    const others = callbackCommands.filter((command) => command !== "Group.CallbackOnMemberStateChange");
    expect(others).toHaveLength(23);
    for (const command of others) {
      expect([...callbackUrl("https://www.example.com", { ...query, command }).searchParams.keys()]).toEqual([
        "SdkAppid",
        "CallbackCommand",
        "contenttype",
        "ClientIP",
        "OptPlatform",
      ]);
    }
  });

  it.each(optPlatforms)("names the platform %s as it is", (platform) => {
    const url = callbackUrl("https://www.example.com", { ...query, platform });
    expect(url.search.endsWith(`&OptPlatform=${platform}`)).toBe(true);
  });

  it("refuses a configured text that is no URL", () => {
    expect(() => callbackUrl("www.example.com", query)).toThrow(TypeError);
  });
});
