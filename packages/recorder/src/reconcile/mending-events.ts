import type { CallbackCommand } from "@muster/protocol";

import { compareGroup } from "./compare-group.ts";
import { textFields, type GroupView, type MemberView, type TextField } from "./group-view.ts";

/** What a callback is to tell, without its command, group and time. */
export interface MendingEvent {
  readonly command: CallbackCommand;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The callbacks after which the mirror says what the backend says. What callbacks cannot change (a group's type) stays.
 * @param mirror `undefined` where the mirror does not have the group
 * @param backend `undefined` where the backend does not have it
 */
export function mendingEvents(mirror: GroupView | undefined, backend: GroupView | undefined): readonly MendingEvent[] {
  if (!backend) return mirror ? [disbanded(mirror)] : [];
  if (mirror) return changes(mirror, backend);
  return [created(backend), ...changes(asCreated(backend), backend)];
}

function disbanded({ type = "", owner = "", texts }: GroupView): MendingEvent {
  const fields = { Type: type, Owner_Account: owner, ...(texts.name !== undefined && { Name: texts.name }) };
  return { command: "Group.CallbackAfterGroupDestroyed", fields };
}

function created(group: GroupView): MendingEvent {
  const { type = "", owner = "", texts, members = new Map<string, MemberView>(), customFields } = group;
  return {
    command: "Group.CallbackAfterCreateGroup",
    fields: {
      Type: type,
      Operator_Account: "",
      Owner_Account: owner,
      Name: texts.name ?? "",
      MemberList: accounts([...members.keys()].filter((userId) => userId !== owner)),
      ...(customFields && { UserDefinedDataList: keyValues([...customFields]) }),
    },
  };
}

/** What the mirror says of a group that it knows by its creation alone. */
function asCreated(group: GroupView): GroupView {
  const { owner, members, topics, texts } = group;
  const roleOf = (userId: string): string => (userId === owner ? "Owner" : "Member");
  return {
    ...group,
    texts: { name: texts.name, introduction: undefined, notification: undefined, faceUrl: undefined },
    members: members && new Map([...members.keys()].map((userId) => [userId, { role: roleOf(userId), nameCard: "" }])),
    topics: topics && new Map(),
  };
}

function changes(mirror: GroupView, backend: GroupView): readonly MendingEvent[] {
  const differing = new Set(compareGroup(mirror, backend).map((one) => (one.kind === "different" ? one.field : "")));
  const acted = { Type: backend.type ?? "", Operator_Account: "" };
  const events: MendingEvent[] = [];
  const add = (command: CallbackCommand, fields: Readonly<Record<string, unknown>>): void => {
    events.push({ command, fields: { ...acted, ...fields } });
  };

  const info = (Object.keys(textFields) as TextField[]).filter((field) => differing.has(field));
  const custom = keysOf(mirror.customFields, backend.customFields).filter((key) =>
    differing.has(`customFields.${key}`),
  );
  if (info.length > 0 || custom.length > 0) {
    add("Group.CallbackAfterGroupInfoChanged", {
      ...Object.fromEntries(info.map((field) => [textFields[field], backend.texts[field] ?? ""])),
      ...(custom.length > 0 && {
        UserDefinedDataList: keyValues(custom.map((key) => [key, backend.customFields?.get(key) ?? ""])),
      }),
    });
  }
  const users = keysOf(mirror.members, backend.members);
  const parted = users.filter((userId) => differing.has(`members.${userId}`));
  const joined = parted.filter((userId) => backend.members?.has(userId));
  const left = parted.filter((userId) => !backend.members?.has(userId));
  if (joined.length > 0) {
    add("Group.CallbackAfterNewMemberJoin", { JoinType: "Apply", NewMemberList: accounts(joined) });
  }
  if (left.length > 0) add("Group.CallbackAfterMemberExit", { ExitType: "Quit", ExitMemberList: accounts(left) });
  if (differing.has("owner")) {
    const { owner = "" } = backend;
    add("Group.CallbackAfterChangeGroupOwner", { OldOwner_Account: mirror.owner ?? "", NewOwner_Account: owner });
  }
  for (const userId of users) {
    const member = backend.members?.get(userId);
    const isAsJoined = joined.includes(userId) && member?.role === "Member" && member.nameCard === "";
    const differs = [`members.${userId}`, `members.${userId}.role`, `members.${userId}.nameCard`].some((field) =>
      differing.has(field),
    );
    if (!member || !differs || isAsJoined) continue;
    const fields = { Member_Account: userId, Role: member.role, NameCard: member.nameCard };
    add("Group.CallbackAfterMemberFieldChanged", fields);
  }
  addTopics(mirror, backend, differing, add);
  return events;
}

function addTopics(
  mirror: GroupView,
  backend: GroupView,
  differing: ReadonlySet<string>,
  add: (command: CallbackCommand, fields: Readonly<Record<string, unknown>>) => void,
): void {
  const topics = keysOf(mirror.topics, backend.topics).filter((topicId) => differing.has(`topics.${topicId}`));
  const gone = topics.filter((topicId) => !backend.topics?.has(topicId));
  if (gone.length > 0) add("Group.CallbackAfterTopicDestroyed", { TopicIdList: gone });
  for (const topicId of topics) {
    const name = backend.topics?.get(topicId);
    if (name === undefined) continue;
    if (mirror.topics?.has(topicId)) add("Group.CallbackAfterTopicInfoChanged", { TopicId: topicId, Name: name });
    else add("Group.CallbackAfterCreateTopic", { TopicId: topicId, Name: name, Owner_Account: backend.owner ?? "" });
  }
}

function keysOf(a: ReadonlyMap<string, unknown> | undefined, b: ReadonlyMap<string, unknown> | undefined): string[] {
  return [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])];
}

function accounts(userIds: readonly string[]) {
  return userIds.map((userId) => ({ Member_Account: userId }));
}

function keyValues(entries: readonly (readonly [string, string])[]) {
  return entries.map(([Key, Value]) => ({ Key, Value }));
}
