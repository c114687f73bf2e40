import { createClient, EVENT, TYPES, type Client, type Group, type Topic } from "@muster/client";

import { ApiError, call } from "../../api/call.ts";
import { createStore, type Store } from "../../state/store.ts";
import { listen, type Told } from "./told.ts";

/** Most groups that are shown of a user, the newest, and most that is kept of what a user was told. */
const MOST_GROUPS = 12;
const MOST_TOLD = 50;

/** A group that a user is in. */
export interface HeldGroup extends Group {
  readonly topics: readonly Topic[];
}

/** What a user was told, and when. */
export interface DatedTold extends Told {
  readonly key: number;
  /** ms since 1970 */
  readonly at: number;
}

/** How an app user of the playground is. */
export interface AppUserState {
  readonly userId: string;
  readonly status: "out" | "logging in" | "in" | "away";
  /** The newest first. */
  readonly groups: readonly HeldGroup[];
  /** Groups that the user asked to join, until somebody decides. */
  readonly asked: readonly string[];
  /** The newest first. */
  readonly told: readonly DatedTold[];
  /** Why the last thing that the user wanted was not done. */
  readonly problem: string | undefined;
}

/** One of the playground's people, with a client of the library. */
export interface AppUser {
  readonly state: Store<AppUserState>;
  /** The name of a group or a topic that the user has met; its id, where that is not known. */
  nameOf(id: string): string;
  /** Makes it another person; for one who is logged out. */
  rename(userId: string): void;
  logIn(): Promise<void>;
  logOut(): Promise<void>;
  /** Does something in the user's name. Resolves to whether it was done; why not is in the state. */
  act(what: (client: Client) => Promise<unknown>): Promise<boolean>;
  /** Joins a group, or asks to. */
  join(groupID: string): Promise<boolean>;
  /** Answers an application. */
  decide(groupID: string, applicant: string, handleAction: "Agree" | "Reject"): Promise<boolean>;
}

const nothing = { groups: [], asked: [], problem: undefined };

/** An app user who is logged out. */
export function createAppUser(sdkAppId: number, userId: string): AppUser {
  const client = createClient({ url: location.origin, sdkAppId });
  const state = createStore<AppUserState>({ userId, status: "out", told: [], ...nothing });
  const names = new Map<string, string>();
  let toldSoFar = 0;
  let readings = 0;

  const change = (part: Partial<AppUserState>): void => state.set({ ...state.get(), ...part });

  listen(client, (told) => {
    const { told: before, asked } = state.get();
    toldSoFar += 1;
    change({
      told: [{ ...told, key: toldSoFar, at: Date.now() }, ...before].slice(0, MOST_TOLD),
      asked: asked.filter((groupID) => groupID !== told.decided),
    });
    void read();
  });
  client.on(EVENT.NET_STATE_CHANGE, ({ data }) => {
    change({ status: data.state === TYPES.NET_STATE_CONNECTED ? "in" : "away" });
    void read();
  });
  client.on(EVENT.SDK_NOT_READY, () => change({ status: "out", ...nothing }));

  /** Reads what groups the user is in. What was asked for last counts. */
  async function read(): Promise<void> {
    readings += 1;
    const reading = readings;
    try {
      const { data } = await client.getGroupList();
      const newest = data.groupList.toReversed().slice(0, MOST_GROUPS);
      const groups = await Promise.all(newest.map((group) => withTopics(client, group)));
      for (const { groupID, name, topics } of groups) {
        names.set(groupID, name);
        for (const { topicID, topicName } of topics) names.set(topicID, topicName);
      }
      if (reading === readings && state.get().status === "in") change({ groups });
    } catch {
      // Whatever was in its way is told by itself: the connection is lost, the login is over, the group is gone.
    }
  }

  async function act(what: (client: Client) => Promise<unknown>): Promise<boolean> {
    try {
      await what(client);
      change({ problem: undefined });
      return true;
    } catch (error) {
      change({ problem: sentenceOf(error) });
      return false;
    } finally {
      void read();
    }
  }

  return {
    state,
    nameOf: (id) => names.get(id) ?? id,
    rename: (next) => change({ userId: next, problem: undefined, told: [] }),
    async logIn() {
      const user = state.get().userId;
      change({ status: "logging in", problem: undefined });
      try {
        const { userSig } = await call("issueUserSig", { path: { sdkAppId, userId: user }, body: {} });
        await client.login({ userID: user, userSig });
        change({ status: "in" });
        await read();
      } catch (error) {
        change({ status: "out", problem: sentenceOf(error) });
      }
    },
    logOut: () => client.logout(),
    act,
    join: (groupID) =>
      act(async () => {
        const { data } = await client.joinGroup({ groupID });
        if (data.status === TYPES.JOIN_STATUS_WAIT_APPROVAL) change({ asked: [...state.get().asked, groupID] });
      }),
    decide: (groupID, applicant, handleAction) =>
      act(async () => {
        await client.handleGroupApplication({ handleAction, application: { groupID, applicant } });
        change({ told: state.get().told.map((told) => answered(told, groupID, applicant)) });
      }),
  };
}

async function withTopics(client: Client, group: Group): Promise<HeldGroup> {
  if (!group.isSupportTopic) return { ...group, topics: [] };
  const { data } = await client.getTopicList({ groupID: group.groupID });
  return { ...group, topics: data.successTopicList };
}

/** An application that was answered waits for no answer any more. */
function answered({ application, ...told }: DatedTold, groupID: string, applicant: string): DatedTold {
  const isIt = application?.groupID === groupID && application.applicant === applicant;
  return application && !isIt ? { ...told, application } : told;
}

function sentenceOf(error: unknown): string {
  const [problem] = error instanceof ApiError ? error.problems : [];
  if (problem) return problem.message;
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "number" ? `${error.message} (${error.code})` : error.message;
}
