import { checkBackend, createFaultyWay, sampleCallback, type SampleOptions } from "@muster/receiver/testing";

import { app, FAILS, FAILS_ONCE, type Done } from "./backend.ts";

const CREATED = "Group.CallbackAfterCreateGroup";
const BEFORE = "Group.CallbackBeforeCreateGroup";
/** How many callbacks go the way on which they are doubled and overtaken. */
const ON_THE_WAY = 30;
/** How long something is waited for, in ms, and how often it is looked at. */
const PATIENCE = 30_000;
const LOOK_EVERY = 20;

/**
 * Proves a backend of `createBackend` from outside.
 * @throws {Error} which says what is not as it should be
 */
export async function prove(origin: string): Promise<void> {
  const url = `${origin}/callback`;
  const sampleOf = (GroupId: string, sequence: number, { fields, ...options }: Partial<SampleOptions> = {}) =>
    sampleCallback(CREATED, {
      ...app,
      url,
      sequence,
      id: `${GroupId}-${sequence}`,
      ...options,
      fields: { GroupId, ...fields },
    });
  const send = async ({ url: target, ...init }: Awaited<ReturnType<typeof sampleCallback>>) => {
    const response = await fetch(target, init);
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
  const ask = async (path: string) => (await (await fetch(`${origin}${path}`)).json()) as unknown;
  const until = async (what: string, isSo: (done: Done) => boolean): Promise<void> => {
    let done: unknown;
    for (const deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
      done = await ask("/done");
      if (isSo(done as Done)) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
    throw new Error(`${what}: after ${PATIENCE} ms there is ${JSON.stringify(done)}`);
  };
  const writtenOf = ({ written }: Done, group: string) => written.filter((text) => text.startsWith(`${group} `));

  // Signed, twice, and its handler fails once: in effect once.
  const twice = await sampleOf("twice", 1, { fields: { Name: FAILS_ONCE } });
  for (const sample of [twice, twice]) equal("a signed callback", (await send(sample)).status, 200);
  await until("once in effect", (done) => String(writtenOf(done, "twice")) === "twice 1");

  equal("a wrong signature", (await send(await sampleOf("forged", 1, { token: "another" }))).status, 401);
  equal("another app", (await send(await sampleOf("forged", 1, { sdkAppId: 1400000002 }))).status, 403);

  const askBefore = async (Name: string) =>
    (await send(await sampleCallback(BEFORE, { ...app, url, fields: { Name } }))).json;
  equal("a before-callback refused", (await askBefore("admin"))["ErrorCode"], 10101);
  equal("a before-callback allowed", (await askBefore("chess"))["ErrorCode"], 0);

  // The second does not come in time: told missing, and taken late.
  for (const sequence of [1, 3]) await send(await sampleOf("gap", sequence));
  await until("a gap", (done) => String(done.gaps) === "2,2" && writtenOf(done, "gap").length === 2);
  await send(await sampleOf("gap", 2));
  await until("a late one", (done) => String(writtenOf(done, "gap")) === "gap 1,gap 3,gap 2 late");

  await send(await sampleOf("dead", 1, { fields: { Name: FAILS } }));
  await until("a dead letter", (done) => done.deadLetters === 1);
  equal("dead letters that are tried again", await ask("/mend"), 1);
  await until(
    "a dead letter in effect",
    (done) => String(writtenOf(done, "dead")) === "dead 1 late" && done.deadLetters === 0,
  );

  const numbers = Array.from({ length: ON_THE_WAY }, (_, i) => i + 1);
  const way = createFaultyWay(url, { seed: 7, duplicate: 0.3, reorder: 0.3 });
  for (const sequence of numbers) way.send(await sampleOf("way", sequence));
  const answers = (await way.settled()).map(({ answer }) => answer?.status);
  equal("answers on a faulty way", [...new Set(answers)], [200]);
  const inOrder = numbers.map((sequence) => `way ${sequence}`);
  await until("once each and in order", (done) => String(writtenOf(done, "way")) === String(inOrder));

  const verdicts = await checkBackend({ url, ...app, deadlineMs: PATIENCE });
  equal(
    "checkBackend",
    verdicts.filter(({ verdict }) => verdict === "failed"),
    [],
  );
}

function equal(what: string, actual: unknown, expected: unknown): void {
  const [is, shouldBe] = [actual, expected].map((value) => JSON.stringify(value));
  if (is !== shouldBe) throw new Error(`${what}: it is ${is} and should be ${shouldBe}`);
}
