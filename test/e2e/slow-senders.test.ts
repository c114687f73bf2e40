import { describe, expect, it } from "vitest";

import { drip } from "../harness/hostile.ts";
import { startIm } from "../harness/im.ts";
import { rawConnection } from "../harness/raw-http.ts";
import { allEvents, callbackQuery, startTestRecorder } from "../harness/recorder.ts";

// The two doors that stand before the framework: what bounds slow senders there is the server's own.

/**
 * Short, for they are waited for; who is well is done within them also on a busy machine. The last is long: whoever is
 * refused has time to read that.
 */
const timeouts = { headersTimeout: 2_000, requestTimeout: 3_000, lingerTimeout: 600_000 };
/** So many senders of each kind. */
const SLOW = 10;
const COMMAND = "Group.CallbackAfterGroupDestroyed";

/** A door and one who has no trouble with it. */
interface Door {
  readonly url: string;
  /** Where it is, with what lets a request in. */
  readonly path: string;
  /** The start of every answer to who is too slow, and what its body says. */
  readonly head: RegExp;
  readonly code: number;
  /** Sends what is as it should be; whether it was taken. */
  readonly send: () => Promise<boolean>;
  /** How many requests were taken. */
  readonly taken: () => Promise<number>;
}

async function recorderDoor(): Promise<Door> {
  const recorder = await startTestRecorder({ timeouts });
  let sent = 0;
  return {
    url: recorder.url,
    path: `/callback?${callbackQuery(COMMAND)}`,
    head: /^HTTP\/1\.1 408 /,
    code: 408,
    async send() {
      const body = { CallbackCommand: COMMAND, GroupId: `group-${(sent += 1)}`, Type: "Public", Owner_Account: "bob" };
      return (await recorder.post({ body })).status === 200;
    },
    taken: async () => (await allEvents(recorder)).length,
  };
}

async function restDoor(): Promise<Door> {
  const im = await startIm({ timeouts });
  let sent = 0;
  return {
    url: im.url,
    path: "/v4/group_open_http_svc/create_group?sdkappid=1400000001&identifier=administrator",
    head: /^HTTP\/1\.1 200 /,
    code: 60002,
    async send() {
      const group = { Type: "Public", Name: "Chess", GroupId: `group-${(sent += 1)}` };
      return (await im.rest("group_open_http_svc/create_group", group))["ErrorCode"] === 0;
    },
    async taken() {
      const { TotalCount } = await im.rest("group_open_http_svc/get_appid_group_list", {});
      return Number(TotalCount);
    },
  };
}

const headers = (path: string, length: string): string => `POST ${path} HTTP/1.1\r\nhost: a\r\n${length}\r\n\r\n`;

describe.each([
  ["callbacks", recorderDoor],
  ["REST", restDoor],
])("the door for %s", (_name, open) => {
  it("answers who does not come to an end in time, and lets nobody else wait", async () => {
    const door = await open();
    const kinds: readonly (readonly [begun: string, more: string])[] = [
      [headers(door.path, "content-length: 1000"), " "],
      [headers(door.path, "transfer-encoding: chunked"), "1\r\n \r\n"],
      [headers(door.path, "content-length: 1000"), ""],
      [`POST ${door.path} HTTP/1.1\r\nhost: a\r\nx: `, "y"],
      [`POST ${door.path} HTTP/1.1\r\nhost: a\r\n`, "x: y\r\n"],
    ];
    let left = kinds.length * SLOW;
    const answers = kinds.flatMap(([begun, more]) =>
      Array.from({ length: SLOW }, async () => {
        const { socket, write, closed } = await rawConnection(door.url);
        await write(begun);
        if (more !== "") drip(socket, more, 50);
        const answer = await closed();
        left -= 1;
        return answer;
      }),
    );
    const sent: boolean[] = [];
    const atOnce = async (): Promise<void> => {
      do sent.push(await door.send());
      while (left > 0);
    };
    await Promise.all([atOnce(), atOnce(), atOnce()]);
    expect(sent).not.toContain(false);
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatch(door.head);
      expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toEqual({
        ActionStatus: "FAIL",
        ErrorCode: door.code,
        ErrorInfo: expect.stringMatching(/./),
      });
    }
    expect(await door.taken()).toBe(sent.length);
  });
});
