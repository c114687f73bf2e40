/**
 * A group's whole life against a running `npm start`: through REST and as an app user, a community with topics,
 * until everything is disbanded. Each step waits for its callback and prints it as the recorder kept it.
 */
import { createClient, EVENT, TYPES, type Client } from "@muster/client";
import { signUserSig } from "@muster/protocol";
import pc from "picocolors";

import { readDevState, type DevState } from "../packages/cli/src/dev/dev-folder.ts";
import { describeFailure, CommandFailure } from "../packages/cli/src/failure.ts";

/** How long a step waits for its callback, in ms, and how often it looks. */
const PATIENCE = 15_000;
const LOOK_EVERY = 10;
const SIG_EXPIRE = 3_600;

interface Kept {
  readonly command: string;
  readonly groupId: string;
  readonly sequence: number | null;
  readonly receivedAt: number;
  readonly clientIp: string;
  readonly platform: string;
  readonly body: unknown;
}

try {
  await demo(readDevState(process.argv[2] ?? ".muster"));
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}

async function demo(state: DevState): Promise<void> {
  await checkReachable(state);
  const rest = restApi(state);
  for (const UserID of ["leckie", "peter", "bob"]) await rest("im_open_login_svc/account_import", { UserID });
  const leckie = await logIn(state, "leckie");
  const peter = await logIn(state, "peter");
  const story = storyOf(state);
  try {
    const members = [{ Member_Account: "peter" }, { Member_Account: "bob" }];
    const byRest = await story.step(
      "REST: create_group, a Public group of leckie's with peter and bob",
      "AfterCreateGroup",
      async () => {
        return textOf(
          await rest("group_open_http_svc/create_group", {
            Type: "Public",
            Name: "MyFirstGroup",
            Owner_Account: "leckie",
            MemberList: members,
          }),
          "GroupId",
        );
      },
    );
    await story.step("leckie's app: updateGroupProfile", "AfterGroupInfoChanged", async () => {
      await leckie.updateGroupProfile({ groupID: byRest, name: "MyRenamedGroup" });
      return byRest;
    });
    await story.step("peter's app: quitGroup", "AfterMemberExit", async () => {
      await peter.quitGroup(byRest);
      return byRest;
    });
    const byUser = await story.step(
      "leckie's app: createGroup, a Public group with peter",
      "AfterCreateGroup",
      async () => {
        const made = await leckie.createGroup({
          type: TYPES.GRP_PUBLIC,
          name: "MySecondGroup",
          memberList: [{ userID: "peter" }],
        });
        return made.data.group.groupID;
      },
    );
    const community = await story.step(
      "leckie's app: createGroup, a community that can have topics",
      "AfterCreateGroup",
      async () => {
        const made = await leckie.createGroup({ type: TYPES.GRP_COMMUNITY, name: "MyCommunity", isSupportTopic: true });
        return made.data.group.groupID;
      },
    );
    const topics: string[] = [];
    await story.step("REST: create_topic", "AfterCreateTopic", async () => {
      const TopicId = `${community}@TOPIC#_TestTopic`;
      topics.push(
        textOf(
          await rest("million_group_open_http_svc/create_topic", {
            GroupId: community,
            TopicId,
            TopicName: "TestTopic",
          }),
          "TopicId",
        ),
      );
      return community;
    });
    await story.step("leckie's app: createTopicInCommunity", "AfterCreateTopic", async () => {
      const made = await leckie.createTopicInCommunity({ groupID: community, topicName: "TestTopic 1" });
      topics.push(made.data.topicID);
      return community;
    });
    await story.step("leckie's app: deleteTopicFromCommunity", "AfterTopicDestroyed", async () => {
      await leckie.deleteTopicFromCommunity({ groupID: community, topicIDList: topics.splice(1) });
      return community;
    });
    await story.step("REST: destroy_topic", "AfterTopicDestroyed", async () => {
      await rest("million_group_open_http_svc/destroy_topic", { GroupId: community, TopicIdList: topics });
      return community;
    });
    await story.step("leckie's app: dismissGroup", "AfterGroupDestroyed", async () => {
      const told = heardOfDismissal(peter, byUser);
      await leckie.dismissGroup(byUser);
      await told;
      console.log(pc.dim("   peter's app was told that the group is gone"));
      return byUser;
    });
    for (const [name, groupId] of [
      ["the first group", byRest],
      ["the community", community],
    ] as const) {
      await story.step(`REST: destroy_group, ${name}`, "AfterGroupDestroyed", async () => {
        await rest("group_open_http_svc/destroy_group", { GroupId: groupId });
        return groupId;
      });
    }
  } finally {
    await Promise.all([leckie.logout(), peter.logout()]);
  }
  story.end();
}

async function checkReachable({ server, recorder }: DevState): Promise<void> {
  for (const url of [server, recorder]) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (!answer?.ok) throw new CommandFailure(`Nothing is ready at ${url}: run npm start first, in another terminal.`);
  }
}

async function userSig({ sdkAppId, secretKey }: DevState, userId: string): Promise<string> {
  return await signUserSig(
    { sdkAppId, userId, issuedAt: Math.floor(Date.now() / 1000), expiresIn: SIG_EXPIRE },
    secretKey,
  );
}

async function logIn(state: DevState, userID: string): Promise<Client> {
  const client = createClient({ url: state.server, sdkAppId: state.sdkAppId });
  await client.login({ userID, userSig: await userSig(state, userID) });
  return client;
}

type Answer = Readonly<Record<string, unknown>>;

function restApi(state: DevState): (command: string, body: unknown) => Promise<Answer> {
  const { server, sdkAppId, administrator } = state;
  return async (command, body) => {
    const usersig = await userSig(state, administrator);
    const random = String(Math.floor(Math.random() * 2 ** 32));
    const query = new URLSearchParams({
      sdkappid: String(sdkAppId),
      identifier: administrator,
      usersig,
      random,
      contenttype: "json",
    });
    const response = await fetch(`${server}/v4/${command}?${query}`, { method: "POST", body: JSON.stringify(body) });
    const answer = (await response.json()) as Answer;
    if (answer["ErrorCode"] !== 0) throw new CommandFailure(`${command} was refused: ${JSON.stringify(answer)}`);
    return answer;
  };
}

function textOf(answer: Answer, field: string): string {
  const text = answer[field];
  if (typeof text !== "string") throw new CommandFailure(`The answer has no ${field}: ${JSON.stringify(answer)}`);
  return text;
}

function heardOfDismissal(client: Client, groupId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CommandFailure("peter's app was not told within 15 s.")), PATIENCE);
    client.on(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, (notice) => {
      if (notice.data.groupID !== groupId || notice.data.operationType !== 5) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

interface Story {
  /** Does something to the group whose id `act` returns, and waits for the callback that tells of it. */
  step(what: string, callback: string, act: () => Promise<string>): Promise<string>;
  end(): void;
}

function storyOf({ recorder }: DevState): Story {
  const delays: number[] = [];
  const seen = new Map<string, number>();
  return {
    async step(what, callback, act) {
      console.log(`\n${pc.bold(`${delays.length + 1}. ${what}`)}`);
      const startedAt = Date.now();
      const groupId = await act();
      const command = `Group.Callback${callback}`;
      const nth = (seen.get(groupId + command) ?? 0) + 1;
      seen.set(groupId + command, nth);
      const kept = await waitForKept(recorder, groupId, command, nth);
      const delay = kept.receivedAt - startedAt;
      delays.push(delay);
      console.log(`   ${pc.green("kept")} ${pc.cyan(command)} number ${kept.sequence} of ${groupId}`);
      console.log(`   ${pc.dim(`from ${kept.platform} at ${kept.clientIp}, ${delay} ms after the call began`)}`);
      console.log(`   ${JSON.stringify(kept.body)}`);
      return groupId;
    },
    end() {
      const worst = Math.max(...delays);
      console.log(
        `\n${pc.green(pc.bold(`${delays.length} steps, ${delays.length} callbacks kept, each within ${worst} ms.`))}`,
      );
    },
  };
}

async function waitForKept(recorder: string, groupId: string, command: string, nth: number): Promise<Kept> {
  const query = new URLSearchParams({ group: groupId, command });
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
    const response = await fetch(`${recorder}/v1/events?${query}`);
    const { events } = (await response.json()) as { events: Kept[] };
    const kept = events[nth - 1];
    if (kept) return kept;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
  throw new CommandFailure(`The recorder has no ${command} of ${groupId} after 15 s: look at the server's log.`);
}
