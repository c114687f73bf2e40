import { ClientError, type Client } from "@muster/client";
import fc from "fast-check";
import { expect, it } from "vitest";

import { seedOf } from "../harness/random.ts";
import { onPostgres } from "../harness/store.ts";
import { anyCommand, everybody, prelude, withRealIds, type Command, type Ids, type UserCommand } from "./commands.ts";
import { step } from "./model.ts";
import { START, startRealSystem, type RealApp } from "./real-system.ts";
import type { RequestName, RestName } from "./requests.ts";
import { connected, emptyWorld, type World } from "./world.ts";

/** Fewer on PostgreSQL: what the rules say is the same there, and each command takes longer. */
const COMMANDS = Math.ceil(Number(process.env["CAMPAIGN_COMMANDS"] ?? 10_000) / (onPostgres ? 5 : 1));
const LONGEST_SEQUENCE = 100;
/** The codes for whoever wants more than there may be. */
const BOUNDS = [10006, 10014, 10036, 10037, 10038, 10058];
const SEQUENCES_AT_A_TIME = 20;
/** Most groups that one `get_group_info` takes. */
const GROUPS_AT_A_TIME = 50;

it(
  `answers ${COMMANDS} commands as the model does, and has the same state and callbacks then`,
  { timeout: 600_000 },
  async () => {
    const seed = seedOf("the group system and its model");
    const system = await startRealSystem();
    // Without bias: fast-check's own would make most sequences very short.
    const sequence = fc.noBias(
      fc.array(anyCommand(START / 1000), { minLength: 1, maxLength: LONGEST_SEQUENCE, size: "max" }),
    );
    let carriedOut = 0;
    let callbacks = 0;
    const met = new Set<number>();
    const agree = fc.asyncProperty(sequence, async (commands) => {
      const app = await system.nextApp();
      try {
        callbacks += await play(app, commands, met);
      } finally {
        await app.end();
      }
      carriedOut += commands.length;
    });
    for (let round = 0; carriedOut < COMMANDS; round += 1) {
      await fc.assert(agree, { seed: seed + round, numRuns: SEQUENCES_AT_A_TIME });
    }
    console.log(`the group system and its model: ${carriedOut} commands, ${callbacks} callbacks agree`);
    expect(callbacks).toBeGreaterThan(carriedOut / 10);
    // A few sequences need not come to the bounds of what an app may have; thousands of commands do.
    expect(COMMANDS < 10_000 || BOUNDS.every((code) => met.has(code)), `met: ${[...met].join(", ")}`).toBe(true);
  },
);

/** Something answered: the code, and what stands in the answer beside it. */
interface Answer {
  readonly code: number;
  readonly fields: unknown;
}

/** What is asked of both: of the model by the request's name and body, of the server by `ask`. */
interface Question {
  readonly name: RequestName;
  readonly body: unknown;
  readonly user?: string;
  readonly ask: () => Promise<Answer>;
}

/**
 * Has the commands carried out by both, and compares all that can be seen of them. Returns the number of callbacks,
 * and notes the codes that were answered.
 */
async function play(app: RealApp, commands: readonly Command[], met: Set<number>): Promise<number> {
  let world = emptyWorld(app.sdkAppId, app.quantities);
  const clients = new Map<string, Client>();

  async function compare({ name, body, user, ask }: Question, about: unknown): Promise<void> {
    const now = app.now();
    const answer = await ask();
    met.add(answer.code);
    const { groupId, topicId } = idsIn(answer.fields);
    const who = { user: user ?? "administrator", isAdministrator: user === undefined };
    const { verdict, world: after } = step(world, name, body, { ...who, now, givenId: topicId ?? groupId });
    expect(verdict.codes, `the code of ${JSON.stringify(about)}`).toContain(answer.code);
    if (answer.code === 0) {
      expect(answer.fields, `the answer to ${JSON.stringify(about)}`).toEqual(comparable(name, plain(verdict.fields)));
    }
    world = after;
  }

  for (const command of [...prelude, ...commands]) {
    app.advance(command.wait);
    const resolved = withRealIds(command, idsOf(world)) as Command;
    if ("body" in resolved) {
      await compare(restQuestion(app, resolved.name, resolved.body), resolved);
      // Whose account is deleted is connected no more.
      for (const user of clients.keys()) if (!world.accounts.has(user)) clients.delete(user);
      continue;
    }
    const { user } = resolved;
    const client = clients.get(user) ?? (await app.login(user));
    if (!clients.has(user)) world = connected(world, user);
    clients.set(user, client);
    await compare(userQuestion(client, resolved), resolved);
  }

  for (const [name, body] of wholeState(world)) await compare(restQuestion(app, name, body), { name, body });
  return await compareCallbacks(app, world);
}

function restQuestion(app: RealApp, name: RestName, body: unknown): Question {
  return {
    name,
    body,
    async ask() {
      const { ActionStatus, ErrorCode, ErrorInfo, ...fields } = await app.rest(name, body);
      expect(ActionStatus).toBe(ErrorCode === 0 ? "OK" : "FAIL");
      // Whoever is refused learns why.
      if (ErrorCode !== 0) expect(ErrorInfo).not.toBe("");
      return { code: ErrorCode, fields: comparable(name, fields) };
    },
  };
}

function userQuestion(client: Client, command: UserCommand): Question {
  const { user } = command;
  switch (command.asks) {
    case "createGroup": {
      const { name, type, groupID, isSupportTopic, memberList, introduction, groupCustomField } = command.options;
      const body = {
        Owner_Account: user,
        Name: name,
        Type: type,
        GroupId: groupID,
        SupportTopic: isSupportTopic === true ? 1 : 0,
        MemberList: memberList?.map(({ userID }) => ({ Member_Account: userID })),
        Introduction: introduction,
        AppDefinedData: groupCustomField?.map(({ key, value }) => ({ Key: key, Value: value })),
      };
      return asked(user, "group_open/create_group", body, async () => {
        const { data } = await client.createGroup(command.options);
        const more = type === "Community" && isSupportTopic === true ? { HugeGroupFlag: 0, Type: type } : {};
        return { GroupId: data.group.groupID, ...more };
      });
    }
    case "dismissGroup":
      return asked(user, "group_open/destroy_group", { GroupId: command.groupID }, async () => {
        await client.dismissGroup(command.groupID);
        return {};
      });
    case "createTopic": {
      const { groupID, topicName, topicID } = command.options;
      const body = { GroupId: groupID, TopicName: topicName, TopicId: topicID };
      return asked(user, "million_group_open/create_topic", body, async () => {
        const { data } = await client.createTopicInCommunity(command.options);
        return { TopicId: data.topicID };
      });
    }
    case "deleteTopics": {
      const { groupID, topicIDList } = command.options;
      return asked(user, "user/delete_topics", { GroupId: groupID, TopicIdList: topicIDList }, async () => {
        const { data } = await client.deleteTopicFromCommunity(command.options);
        const failed = data.failureTopicList.map(({ topicID, code }) => ({ TopicId: topicID, ErrorCode: code }));
        const done = data.successTopicList.map(({ topicID }) => ({ TopicId: topicID, ErrorCode: 0 }));
        return { DestroyResultItem: [...done, ...failed] };
      });
    }
  }
}

/** A question of an app user's: what the client library throws is an answer as well. */
function asked(user: string, name: RequestName, body: object, ask: () => Promise<object>): Question {
  return {
    name,
    body: defined(body),
    user,
    async ask() {
      try {
        return { code: 0, fields: await ask() };
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        return { code: error.code, fields: {} };
      }
    },
  };
}

/** Requests that bring to light all that there is. */
function wholeState({ groups }: World): [RestName, object][] {
  const questions: [RestName, object][] = [
    ["group_open/get_appid_group_list", {}],
    ["im_open_login/account_check", { CheckItem: everybody.map((UserID) => ({ UserID })) }],
  ];
  const ids = [...groups.keys()];
  for (let i = 0; i < ids.length; i += GROUPS_AT_A_TIME) {
    questions.push(["group_open/get_group_info", { GroupIdList: ids.slice(i, i + GROUPS_AT_A_TIME) }]);
  }
  for (const { id: GroupId, type } of groups.values()) {
    questions.push(["group_open_attr/get_group_attr", { GroupId }]);
    if (type === "AVChatRoom") questions.push(["group_open/get_group_ban_member", { GroupId, Offset: 0 }]);
    if (type === "Community") questions.push(["million_group_open/get_topic", { GroupId }]);
  }
  for (const Member_Account of everybody) questions.push(["group_open/get_joined_group_list", { Member_Account }]);
  return questions;
}

/** Each group's id has had the callbacks that the model tells of, in that order, numbered from 1 without a gap. */
async function compareCallbacks(app: RealApp, world: World): Promise<number> {
  const arrivals = await app.callbacks();
  const heard = new Map<string, unknown[]>();
  for (const { body, headers } of arrivals) {
    // What concerns no group is the app's own.
    const groupId = typeof body["GroupId"] === "string" ? body["GroupId"] : "";
    heard.set(groupId, [...(heard.get(groupId) ?? []), { number: Number(headers["muster-sequence"]), body }]);
  }
  const told = [...world.callbacks].map(
    ([groupId, bodies]) => [groupId, bodies.map((body, i) => ({ number: i + 1, body }))] as const,
  );
  expect(Object.fromEntries(heard), "the callbacks").toEqual(plain(Object.fromEntries(told)));
  return arrivals.length;
}

/** Ids in an answer that the server may have made. */
function idsIn(fields: unknown): { groupId?: string; topicId?: string } {
  if (typeof fields !== "object" || fields === null) return {};
  const { GroupId: groupId, TopicId: topicId } = fields as { GroupId?: unknown; TopicId?: unknown };
  return { ...(typeof groupId === "string" ? { groupId } : {}), ...(typeof topicId === "string" ? { topicId } : {}) };
}

/** The ids that there are in a world. */
function idsOf({ groups }: World): Ids {
  const communities = [...groups.values()].filter(({ supportsTopics }) => supportsTopics);
  return {
    group: [...groups.keys()],
    community: communities.map(({ id }) => id),
    topic: communities.flatMap(({ topics }) => [...topics.keys()]),
  };
}

/** An answer without what says the same in words, and with the place of a page as mere yes or no. */
function comparable(name: RequestName, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(name, item));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== "ErrorInfo" && key !== "ResultInfo")
    .map(([key, item]): [string, unknown] => {
      if (name === "group_open/get_appid_group_list" && key === "Next") return [key, item !== 0];
      return [key, comparable(name, item)];
    });
  return Object.fromEntries(entries);
}

/** As it looks when it comes out of JSON. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Without the fields that are `undefined`. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
