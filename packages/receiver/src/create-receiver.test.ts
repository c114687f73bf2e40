import { expect, expectTypeOf, it, vi } from "vitest";

import { createSimulatedClock } from "../../../test/harness/simulated-clock.ts";
import { createReceiver, type ReceiverOptions } from "./create-receiver.ts";
import type { AfterCommand } from "./event.ts";
import { createMemoryInbox } from "./inbox/memory-inbox.ts";
import type { DeadLetter, Gap } from "./work/observers.ts";
import { allow, allowExcept, refuse } from "./verdict.ts";

const APP = 1400000001;
const CREATED = "Group.CallbackAfterCreateGroup";
const DESTROYED = "Group.CallbackAfterGroupDestroyed";
const BEFORE = "Group.CallbackBeforeCreateGroup";
const utf8 = new TextEncoder();

function setUp(options: Partial<ReceiverOptions<undefined>> = {}) {
  const clock = createSimulatedClock();
  const inbox = createMemoryInbox();
  const receiver = createReceiver<undefined>({
    apps: [{ sdkAppId: APP }],
    inbox,
    now: clock.now,
    after: clock.after,
    random: () => 0.5,
    ...options,
  });
  let messages = 0;
  async function send(command: string, fields: object, sequence?: number, headers: Record<string, string> = {}) {
    messages += 1;
    const numbered: Record<string, string> =
      sequence === undefined ? {} : { "webhook-id": `msg_${messages}`, "muster-sequence": String(sequence) };
    const body = { CallbackCommand: command, GroupId: "g", Type: "Public", Owner_Account: "leckie", ...fields };
    const answer = await receiver.handle({
      method: "POST",
      url: `/?SdkAppid=${APP}&CallbackCommand=${command}`,
      headers: { ...numbered, ...headers },
      body: utf8.encode(JSON.stringify(body)),
    });
    return { status: answer.status, ...(JSON.parse(answer.body) as object) };
  }
  const create = (fields: object = {}, sequence?: number) =>
    send(CREATED, { Operator_Account: "leckie", Name: "A", ...fields }, sequence);
  const destroy = (fields: object = {}, sequence?: number) => send(DESTROYED, fields, sequence);
  return { clock, inbox, receiver, send, create, destroy };
}

it("hands each callback to its handler, and the rest to the fallback", async () => {
  const { receiver, clock, create, destroy, send } = setUp();
  const seen: unknown[] = [];
  receiver
    .on(CREATED, (event, context) => {
      expectTypeOf(event.name).toEqualTypeOf<string>();
      expectTypeOf(context.tx).toEqualTypeOf<undefined>();
      seen.push([event.command, event.groupId, context.attempt, context.replay, context.signal.aborted]);
    })
    .fallback((event) => {
      expectTypeOf(event.command).toEqualTypeOf<AfterCommand>();
      seen.push([event.command]);
    });
  await receiver.start();
  await create({ GroupId: "a" }, 1);
  await clock.run(10);
  await destroy({ GroupId: "b" }, 1);
  await clock.run(10);
  await send(CREATED, { GroupId: "c", Operator_Account: "", Name: "" }, 1, { "muster-replay": "1" });
  await clock.run(10);
  expect(seen).toEqual([[CREATED, "a", 1, false, false], [DESTROYED], [CREATED, "c", 1, true, false]]);
  await receiver.stop();
});

it("hands out after the start what came before it, and nothing after the stop", async () => {
  const { receiver, clock, create } = setUp();
  const seen: string[] = [];
  receiver.fallback(({ wire }) => void seen.push(String(wire["Name"])));
  await create({ Name: "before" }, 1);
  await receiver.start();
  await clock.run(10);
  expect(seen).toEqual(["before"]);
  await receiver.stop();
  await create({ Name: "after" }, 2);
  await clock.run(60_000);
  expect(seen).toEqual(["before"]);
  expect(clock.next).toBeUndefined();
});

it("tells the switches that the handlers need", () => {
  const { receiver } = setUp();
  receiver.on("Group.CallbackAfterTopicDestroyed", () => {});
  receiver.on(DESTROYED, () => {});
  receiver.before("Group.CallbackBeforeCreateTopic", () => allow());
  expect(receiver.commands()).toEqual([BEFORE, DESTROYED]);
});

it("waits for what is missing, tells of it when it does not come, and takes it late", async () => {
  const gaps: Gap[] = [];
  const { receiver, clock, create } = setUp({ onGap: (gap) => void gaps.push(gap) });
  const seen: unknown[] = [];
  receiver.fallback(({ sequence, late }) => void seen.push(late ? [sequence, "late"] : sequence));
  await receiver.start();
  await create({}, 2);
  await clock.run(1_000);
  await create({}, 1);
  await clock.run(10);
  expect(seen).toEqual([1, 2]);
  await create({}, 6);
  await clock.run(3_000);
  await create({}, 4);
  await clock.run(1_989);
  expect([seen, gaps]).toEqual([[1, 2], []]);
  await clock.run(11);
  expect(seen).toEqual([1, 2, 4, 6]);
  expect(gaps).toEqual([
    { sdkAppId: APP, groupId: "g", missing: [3, 3] },
    { sdkAppId: APP, groupId: "g", missing: [5, 5] },
  ]);
  await create({}, 5);
  await create({}, 7);
  await clock.run(10);
  expect(seen).toEqual([1, 2, 4, 6, [5, "late"], 7]);
  await receiver.stop();
});

it("brings no group back: what is older than its disbanding is stale, unless it is made anew", async () => {
  const stale: unknown[] = [];
  const { receiver, clock, create, destroy } = setUp({
    onStale: ({ command, eventTime }) => void stale.push([command, eventTime]),
  });
  const seen: unknown[] = [];
  receiver.fallback(({ command, wire }) => void seen.push([command, wire["EventTime"]]));
  await receiver.start();
  await destroy({ EventTime: 2_000 });
  await clock.run(10);
  await create({ EventTime: 1_000 });
  await clock.run(10);
  await destroy({ EventTime: 500 });
  await clock.run(10);
  await create({ EventTime: 3_000 });
  await create({ EventTime: 1_000, GroupId: "another" });
  await clock.run(10);
  expect(seen).toEqual([
    [DESTROYED, 2_000],
    [CREATED, 3_000],
    [CREATED, 1_000],
  ]);
  expect(stale).toEqual([
    [CREATED, 1_000],
    [DESTROYED, 500],
  ]);
  await receiver.stop();
});

it("puts what came together without numbers into the order of its time", async () => {
  const { receiver, clock, create, destroy } = setUp();
  const seen: string[] = [];
  receiver.fallback(({ command }) => void seen.push(command));
  await destroy({ EventTime: 2_000 });
  await create({ EventTime: 1_000 });
  await receiver.start();
  await clock.run(10);
  expect(seen).toEqual([CREATED, DESTROYED]);
  await receiver.stop();
});

it("tries again later and later, then keeps a dead letter and goes on", async () => {
  const letters: DeadLetter[] = [];
  const { receiver, clock, inbox, create } = setUp({
    retries: { attempts: 3, firstDelay: 1_000 },
    onDead: (letter) => void letters.push(letter),
  });
  const tried: unknown[] = [];
  receiver.fallback(({ sequence, groupId }, { attempt }) => {
    tried.push([groupId, sequence, attempt, clock.now()]);
    if (groupId === "g" && sequence === 1) throw new Error("no");
  });
  await receiver.start();
  const start = clock.now();
  await create({}, 1);
  await create({}, 2);
  await create({ GroupId: "other" }, 1);
  await clock.run(10_000);
  expect(tried).toEqual([
    ["g", 1, 1, start],
    ["other", 1, 1, start],
    ["g", 1, 2, start + 1_000],
    ["g", 1, 3, start + 3_000],
    ["g", 2, 1, start + 3_000],
  ]);
  expect(letters).toMatchObject([{ attempts: 3, callback: { sequence: 1 }, error: new Error("no") }]);
  expect(inbox.kept().map(({ callback }) => inbox.stateOf(callback.dedupeKey))).toEqual(["dead", "done", "done"]);
  await receiver.stop();
});

it("tells of dead letters by pages, and tries them again late and in order, before what comes meanwhile", async () => {
  const { receiver, clock, create } = setUp({ retries: { attempts: 2, firstDelay: 1_000 } });
  const tried: unknown[] = [];
  let isMended = false;
  receiver.fallback(({ sequence = 0, late }, { attempt }) => {
    tried.push([sequence, attempt, late]);
    if (sequence < 4 && !isMended) throw new Error(`no ${sequence}`);
  });
  await receiver.start();
  for (const sequence of [1, 2, 3, 4]) await create({}, sequence);
  await clock.run(10_000);

  const { letters, next } = await receiver.deadLetters({ limit: 2 });
  expect(letters).toMatchObject([
    { callback: { sequence: 1 }, error: "Error: no 1", attempts: 2 },
    { callback: { sequence: 2 }, error: "Error: no 2", attempts: 2 },
  ]);
  const rest = await receiver.deadLetters({ after: next });
  expect(rest).toMatchObject({ letters: [{ callback: { sequence: 3 } }], next: undefined });

  tried.length = 0;
  const [first, second] = letters.map(({ callback }) => callback.dedupeKey);
  expect(await receiver.retry(second ?? "")).toBe(true);
  await create({}, 5);
  await clock.run(500);
  // Its group waits for it, as for any other that fails.
  expect(tried).toEqual([[2, 1, true]]);
  isMended = true;
  await clock.run(1_000);
  expect(tried).toEqual([
    [2, 1, true],
    [2, 2, true],
    [5, 1, false],
  ]);

  tried.length = 0;
  expect(await receiver.retryAll()).toBe(2);
  await clock.run(10);
  expect(tried).toEqual([
    [1, 1, true],
    [3, 1, true],
  ]);
  expect(await receiver.deadLetters()).toEqual({ letters: [], next: undefined });
  expect(await receiver.retry(first ?? "")).toBe(false);
  await receiver.stop();
});

it("keeps of a dead letter's error what can be a text, and no more than fits", async () => {
  const failures: unknown[] = ["x".repeat(5_000), Object.create(null)];
  const { receiver, clock, create } = setUp({ retries: { attempts: 1 } });
  receiver.fallback(({ sequence = 0 }) => {
    throw failures[sequence - 1];
  });
  await receiver.start();
  for (const sequence of [1, 2]) await create({}, sequence);
  await clock.run(10);
  const { letters } = await receiver.deadLetters();
  expect(letters.map(({ error }) => error)).toEqual(["x".repeat(1_000), "an error that is no text"]);
  await receiver.stop();
});

it.each([{ limit: 0 }, { limit: 1_001 }, { limit: 1.5 }, { after: -1 }])(
  "tells of no dead letters where it is asked for %j",
  async (query) => {
    await expect(setUp().receiver.deadLetters(query)).rejects.toMatchObject({ code: "OPTIONS_INVALID" });
  },
);

it("has no dead letters in an inbox that only keeps", async () => {
  const { receiver } = setUp({ inbox: { keep: () => Promise.resolve("new") } });
  const asked = [receiver.deadLetters(), receiver.retry("a"), receiver.retryAll()];
  for (const each of await Promise.allSettled(asked)) {
    expect(each).toMatchObject({ status: "rejected", reason: { code: "INBOX_ONLY_KEEPS" } });
  }
});

it("ends a handler that takes too long, and tries it again", async () => {
  const { receiver, clock, create } = setUp({ handlerTimeout: 5_000 });
  const signals: AbortSignal[] = [];
  receiver.fallback((_event, { attempt, signal }) => {
    signals.push(signal);
    return attempt === 1 ? new Promise<void>(() => {}) : undefined;
  });
  await receiver.start();
  await create({}, 1);
  await clock.run(4_999);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  await clock.run(2_000);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  await receiver.stop();
});

it("waits at its stop for handlers, then ends them without counting a failure", async () => {
  const { receiver, clock, inbox, create } = setUp();
  let finish = (): void => {};
  const aborted: string[] = [];
  receiver.fallback(async ({ wire }, { signal }) => {
    signal.addEventListener("abort", () => aborted.push(String(wire["Name"])));
    await new Promise<void>((resolve) => {
      if (wire["Name"] === "quick") finish = resolve;
    });
  });
  await receiver.start();
  await create({ Name: "quick", GroupId: "q" }, 1);
  await create({ Name: "slow" }, 1);
  await clock.run(10);
  const stopped = vi.fn<() => void>();
  const stopping = receiver.stop(2_000).then(stopped);
  finish();
  await clock.run(1_999);
  expect(stopped).not.toHaveBeenCalled();
  await clock.run(1);
  await stopping;
  expect(aborted).toEqual(["slow"]);
  expect(inbox.kept().map(({ callback }) => inbox.stateOf(callback.dedupeKey))).toEqual(["done", "waiting"]);
});

it("ends every stop that was asked for when the handlers have ended", async () => {
  const { receiver, clock, create } = setUp();
  const ended: string[] = [];
  let end = (): void => {};
  receiver.fallback(() => new Promise((resolve) => (end = resolve)));
  await receiver.start();
  await create({}, 1);
  await clock.run(10);
  const stops = ["first", "second"].map((name) => receiver.stop().then(() => ended.push(name)));
  await clock.run(10);
  expect(ended).toEqual([]);
  end();
  await clock.run(10);
  expect(ended).toEqual(["first", "second"]);
  await Promise.all(stops);
});

it("hands nothing out where it was stopped before its start was over", async () => {
  let open = (): void => {};
  const memory = createMemoryInbox();
  const inbox = { ...memory, open: () => new Promise<void>((resolve) => (open = resolve)) };
  const { receiver, clock, create } = setUp({ inbox });
  const seen: unknown[] = [];
  receiver.fallback(({ sequence }) => void seen.push(sequence));
  await create({}, 1);
  const started = receiver.start();
  await receiver.stop();
  open();
  await started;
  await clock.run(60_000);
  expect([seen, clock.next]).toEqual([[], undefined]);
});

it("hands nothing out that is in quarantine, but tells of it and keeps its number", async () => {
  const faults: unknown[] = [];
  const { receiver, clock, create, send } = setUp({ onQuarantine: ({ fault }) => void faults.push(fault) });
  const seen: unknown[] = [];
  receiver.fallback(({ sequence }) => void seen.push(sequence));
  await receiver.start();
  await send("Group.CallbackOfTomorrow", {}, 1);
  await create({}, 2);
  await clock.run(10);
  expect(seen).toEqual([2]);
  expect(faults).toEqual(["The catalog of group callbacks has none of this name."]);
  await receiver.stop();
});

const throws = (message: string): never => {
  throw new Error(message);
};
const rejects = (message: string): Promise<never> => Promise.reject(new Error(message));

it.each([throws, rejects])("is not stopped by observers that fail, and tells: $name", async (fail) => {
  const errors: unknown[] = [];
  const { receiver, clock, create } = setUp({
    onGap: () => fail("gap"),
    onError: (error) => {
      errors.push(error);
      return fail("error");
    },
  });
  const seen: unknown[] = [];
  receiver.fallback(({ sequence }) => void seen.push(sequence));
  await receiver.start();
  await create({}, 3);
  await clock.run(6_000);
  expect([seen, errors]).toEqual([[3], [new Error("gap")]]);
  await receiver.stop();
});

it.each([
  [allow(), { ActionStatus: "OK", ErrorCode: 0 }],
  [refuse(), { ActionStatus: "FAIL", ErrorCode: 1 }],
  [refuse(10101, "Not today."), { ActionStatus: "FAIL", ErrorCode: 10101, ErrorInfo: "Not today." }],
  [allowExcept(["bob"]), { ActionStatus: "OK", ErrorCode: 0, RefusedMembers_Account: ["bob"] }],
])("answers who asks with the verdict %j, and keeps nothing", async (verdict, answer) => {
  const { receiver, inbox, send } = setUp();
  receiver.before(BEFORE, ({ owner, wire }) => {
    expect([owner, wire.Owner_Account]).toEqual(["leckie", "leckie"]);
    return verdict;
  });
  expect(await send(BEFORE, { Operator_Account: "leckie", Name: "A" })).toMatchObject({ status: 200, ...answer });
  expect(inbox.kept()).toEqual([]);
});

it.each(["allow", "refuse"] as const)("answers %s when a verdict takes too long or fails", async (onTimeout) => {
  const errors: unknown[] = [];
  const { receiver, clock, send } = setUp({ onError: (error) => void errors.push(error) });
  const aborted: boolean[] = [];
  const asked = vi.fn<() => void>();
  receiver.before(
    BEFORE,
    ({ name }, { signal }) => {
      asked();
      if (name === "fails") throw new Error("no");
      signal.addEventListener("abort", () => aborted.push(signal.aborted));
      return new Promise(() => {});
    },
    { deadline: 300, onTimeout },
  );
  const code = onTimeout === "allow" ? 0 : 1;
  const answer = send(BEFORE, { Operator_Account: "leckie", Name: "slow" });
  await vi.waitFor(() => {
    expect(asked).toHaveBeenCalled();
  });
  await clock.run(300);
  expect(await answer).toMatchObject({ status: 200, ErrorCode: code });
  expect(aborted).toEqual([true]);
  expect(await send(BEFORE, { Operator_Account: "leckie", Name: "fails" })).toMatchObject({ ErrorCode: code });
  expect(await send(BEFORE, { Name: 5 })).toMatchObject({ ErrorCode: code });
  expect(errors).toHaveLength(3);
});

it("answers what asks by its handler before an inbox that only keeps, too, and keeps what nobody is asked about", async () => {
  const { inbox } = setUp();
  const { receiver, send } = setUp({ inbox: { keep: inbox.keep } });
  receiver.before(BEFORE, () => refuse(10_101, "Taken."));
  expect(await send(BEFORE, { Operator_Account: "leckie", Name: "A" })).toMatchObject({ ErrorCode: 10_101 });
  expect(inbox.kept()).toEqual([]);
  const asked = "Group.CallbackBeforeApplyJoinGroup";
  expect(await send(asked, { Requestor_Account: "bob" })).toMatchObject({ ErrorCode: 0 });
  expect(inbox.kept().map(({ callback }) => callback.command)).toEqual([asked]);
});

it("can be started again where its inbox could not be opened", async () => {
  const inbox = createMemoryInbox();
  const open = vi.fn<() => Promise<void>>(inbox.open).mockRejectedValueOnce(new Error("no database yet"));
  const { receiver, clock, create } = setUp({ inbox: { ...inbox, open } });
  const seen: string[] = [];
  receiver.fallback(({ groupId }) => void seen.push(String(groupId)));
  await expect(receiver.start()).rejects.toThrow("no database yet");
  await receiver.start();
  await create({}, 1);
  await clock.run(10);
  expect(seen).toEqual(["g"]);
  await receiver.stop();
});

it("says what is wrong with how it is set up", async () => {
  const { receiver, inbox } = setUp();
  const apps = [{ sdkAppId: APP }];
  const code = (name: string) => expect.objectContaining({ name: "ReceiverError", code: name }) as Error;
  await expect(receiver.start()).rejects.toEqual(code("FALLBACK_MISSING"));
  receiver.on(CREATED, () => {});
  expect(() => receiver.on(CREATED, () => {})).toThrow(code("HANDLER_TWICE"));
  // @ts-expect-error: it asks, and is for before()
  expect(() => receiver.on(BEFORE, () => {})).toThrow(code("COMMAND_UNKNOWN"));
  // @ts-expect-error: there is none
  expect(() => receiver.on("Group.CallbackAfterTea", () => {})).toThrow(code("COMMAND_UNKNOWN"));
  // @ts-expect-error: it tells, and is for on()
  expect(() => receiver.before(CREATED, () => allow())).toThrow(code("COMMAND_UNKNOWN"));
  expect(() => receiver.before(BEFORE, () => allow(), { deadline: 2_000 })).toThrow(code("OPTIONS_INVALID"));
  expect(() => refuse(70_000)).toThrow(code("OPTIONS_INVALID"));
  receiver.fallback(() => {});
  expect(() => receiver.fallback(() => {})).toThrow(code("HANDLER_TWICE"));
  await receiver.start();
  expect(() => receiver.on(DESTROYED, () => {})).toThrow(code("STARTED_ALREADY"));
  await expect(receiver.start()).rejects.toEqual(code("STARTED_ALREADY"));
  await receiver.stop();
  const keeping = createReceiver({ apps, inbox: { keep: inbox.keep } });
  await expect(keeping.start()).rejects.toEqual(code("INBOX_ONLY_KEEPS"));
  expect(() => createReceiver({ apps, inbox, concurrency: 0, gapWait: -1 })).toThrow(/concurrency.*gapWait/);
});
