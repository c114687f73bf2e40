import type { CallbackBody, LifeEvent } from "./life-event.ts";

/** A group at an instant, as its callbacks tell of it. What none of them told is not known. */
export interface LifeState {
  /** `unknown` where its creation was not told. */
  readonly phase: "unknown" | "there" | "disbanded";
  readonly texts: Readonly<Record<string, string>>;
  /** Roles by user. */
  readonly members: ReadonlyMap<string, string>;
  /** Names by topic. */
  readonly topics: ReadonlyMap<string, string>;
}

const nothing: LifeState = { phase: "unknown", texts: {}, members: new Map(), topics: new Map() };

/**
 * The group after so many of its callbacks, oldest first. They come from the server's own outbox: numbered without
 * gaps, in order, none twice, so that what is late or missing need not be thought of.
 */
export function stateAfter(events: readonly LifeEvent[]): LifeState {
  return events.reduce(after, nothing);
}

type Change = (state: LifeState, body: CallbackBody) => LifeState;

const changes: Readonly<Record<string, Change>> = {
  "Group.CallbackAfterCreateGroup": (_state, body) => {
    const owner = body.Owner_Account ?? "";
    const others = (body.MemberList ?? []).map(({ Member_Account }) => Member_Account);
    const members = new Map([...(owner === "" ? [] : [owner]), ...others].map((user) => [user, "Member"]));
    if (owner !== "") members.set(owner, "Owner");
    return { ...nothing, phase: "there", texts: textsOf(body, { owner, ...fieldsOf(body) }), members };
  },
  "Group.CallbackAfterGroupDestroyed": (state, body) => ({
    ...state,
    phase: "disbanded",
    texts: { ...state.texts, ...textsOf(body, { owner: body.Owner_Account }) },
  }),
  "Group.CallbackAfterNewMemberJoin": (state, body) => {
    const joined = (body.NewMemberList ?? []).filter(({ Member_Account }) => !state.members.has(Member_Account));
    const added = joined.map(({ Member_Account }): [string, string] => [Member_Account, "Member"]);
    return { ...state, members: new Map([...state.members, ...added]) };
  },
  "Group.CallbackAfterMemberExit": (state, body) => {
    const members = new Map(state.members);
    for (const { Member_Account } of body.ExitMemberList ?? []) members.delete(Member_Account);
    return { ...state, members };
  },
  "Group.CallbackAfterMemberFieldChanged": (state, body) =>
    body.Role === undefined ? state : withRole(state, body.Member_Account ?? "", body.Role),
  "Group.CallbackAfterChangeGroupOwner": (state, body) => {
    const owner = body.NewOwner_Account ?? "";
    const old = body.OldOwner_Account ?? "";
    const handed = state.members.has(old) ? withRole(state, old, "Member") : state;
    return { ...withRole(handed, owner, "Owner"), texts: { ...state.texts, owner } };
  },
  "Group.CallbackAfterGroupInfoChanged": (state, body) => ({
    ...state,
    texts: { ...state.texts, ...textsOf(body, fieldsOf(body)) },
  }),
  "Group.CallbackAfterCreateTopic": (state, body) => ({
    ...state,
    topics: new Map([...state.topics, [body.TopicId ?? "", body.Name ?? ""]]),
  }),
  "Group.CallbackAfterTopicDestroyed": (state, body) => {
    const topics = new Map(state.topics);
    for (const topicId of body.TopicIdList ?? []) topics.delete(topicId);
    return { ...state, topics };
  },
};

function after(state: LifeState, { command, body }: LifeEvent): LifeState {
  return changes[command]?.(state, body) ?? state;
}

function withRole(state: LifeState, user: string, role: string): LifeState {
  return user === "" ? state : { ...state, members: new Map([...state.members, [user, role]]) };
}

function fieldsOf({ UserDefinedDataList = [] }: CallbackBody): Record<string, string> {
  return Object.fromEntries(UserDefinedDataList.map(({ Key, Value }) => [Key, Value]));
}

/** The texts that a callback tells of a group, with more beside them. */
function textsOf(body: CallbackBody, more: Record<string, string | undefined>): Record<string, string> {
  const { Type, Name, Introduction, Notification, FaceUrl } = body;
  const all = { type: Type, name: Name, introduction: Introduction, notification: Notification, faceUrl: FaceUrl };
  const given = Object.entries({ ...all, ...more }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(given);
}
