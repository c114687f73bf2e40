import {
  callbackRow,
  catalog,
  fit,
  isCallbackCommand,
  type CallbackBody,
  type CallbackCommand,
} from "@muster/protocol";

import { beginLife, mayTell, mayTellFirst, type Draft, type TextName } from "./draft.ts";
import { isOlder, timeOf, type GroupEvent } from "./group-event.ts";
import type { Member } from "./group-parts.ts";

/** What a callback does to a group's state. */
type Change = (draft: Draft, event: GroupEvent) => void;

/** The callbacks that a group's state is made of, and what each does to it. */
export const lifecycle: ReadonlyMap<string, Change> = new Map<string, Change>([
  on("Group.CallbackAfterCreateGroup", (draft, body, event) => {
    if (isOfKnownLife(draft, event)) {
      if (draft.createdAt === undefined) tellOfCreation(draft, body, event);
      return;
    }
    beginLife(draft);
    tellOfCreation(draft, body, event);
  }),

  on("Group.CallbackAfterGroupDestroyed", (draft, body, event) => {
    // Its own creation cannot be younger: it is the end of a former group of this id, told late.
    if (draft.phase === "THERE" && isOlder(event, draft.createdAt)) return;
    if (draft.phase === "DISBANDED" && event.sequence === undefined) {
      if (event.eventTime === undefined || draft.disbandedAt === undefined || event.eventTime <= draft.disbandedAt)
        return;
    }
    if (draft.phase !== "THERE") beginLife(draft);
    draft.phase = "DISBANDED";
    draft.disbandedAt = timeOf(event);
    tellTexts(draft, event, { type: body.Type, owner: body.Owner_Account, name: body.Name });
    if (body.MemberList && mayTell(draft, "members", event)) {
      const last = new Set(body.MemberList.map(({ Member_Account }) => Member_Account));
      for (const userId of draft.members.keys()) if (!last.has(userId)) draft.members.delete(userId);
      for (const userId of last) addMember(draft, userId, { role: userId === body.Owner_Account ? "Owner" : "Member" });
    }
  }),

  onLiving("Group.CallbackAfterNewMemberJoin", (draft, body, event) => {
    for (const { Member_Account } of body.NewMemberList) {
      if (mayTell(draft, `member ${Member_Account}`, event))
        addMember(draft, Member_Account, { joinedAt: timeOf(event) });
    }
  }),

  onLiving("Group.CallbackAfterMemberExit", (draft, body, event) => {
    for (const { Member_Account } of body.ExitMemberList) {
      if (mayTell(draft, `member ${Member_Account}`, event)) draft.members.delete(Member_Account);
    }
    if (mayTell(draft, "full", event)) draft.full = false;
  }),

  onLiving("Group.CallbackAfterMemberFieldChanged", (draft, body, event) => {
    const userId = body.Member_Account;
    if (!isMember(draft, userId, event)) return;
    if (body.Role !== undefined && mayTell(draft, `role ${userId}`, event))
      changeMember(draft, userId, { role: body.Role });
    if (body.NameCard !== undefined && mayTell(draft, `name card ${userId}`, event)) {
      changeMember(draft, userId, { nameCard: body.NameCard });
    }
  }),

  onLiving("Group.CallbackAfterChangeGroupOwner", (draft, body, event) => {
    const { OldOwner_Account: old, NewOwner_Account: owner } = body;
    if (!mayTell(draft, "owner", event)) return;
    draft.texts.set("owner", owner);
    if (draft.members.get(old)?.role === "Owner") changeMember(draft, old, { role: "Member" });
    if (isMember(draft, owner, event) && mayTell(draft, `role ${owner}`, event))
      changeMember(draft, owner, { role: "Owner" });
  }),

  onLiving("Group.CallbackAfterGroupInfoChanged", (draft, body, event) => {
    tellTexts(draft, event, {
      name: body.Name,
      introduction: body.Introduction,
      notification: body.Notification,
      faceUrl: body.FaceUrl,
    });
    for (const { Key, Value } of body.UserDefinedDataList ?? []) {
      if (mayTell(draft, `custom field ${Key}`, event)) draft.customFields.set(Key, Value);
    }
  }),

  onLiving("Group.CallbackAfterGroupAttrChanged", (draft, body, event) => {
    const { OptionType: how, GroupAttr = [] } = body;
    // What was there before a newer change of all of them is gone.
    if (isOlder(event, draft.told.get("attributes"))) return;
    if ((how === "set" || how === "clear") && mayTell(draft, "attributes", event)) draft.attributes.clear();
    for (const { key, value } of GroupAttr) {
      if (!mayTell(draft, `attribute ${key}`, event)) continue;
      // The page's tables have no OptionType: without it, what has a value has it now.
      if (how === "delete" || how === "clear" || value === undefined) draft.attributes.delete(key);
      else draft.attributes.set(key, value);
    }
  }),

  onLiving("Group.CallbackAfterGroupFull", (draft, _body, event) => {
    if (mayTell(draft, "full", event)) draft.full = true;
  }),

  onLiving("Group.CallbackAfterCreateTopic", (draft, body, event) => {
    const { TopicId: topicId, Name: name } = body;
    if (mayTell(draft, `topic ${topicId}`, event))
      draft.topics.set(topicId, { topicId, name, createdAt: timeOf(event) });
    if (mayTellFirst(draft, "owner", event)) draft.texts.set("owner", body.Owner_Account);
  }),

  onLiving("Group.CallbackAfterTopicDestroyed", (draft, body, event) => {
    for (const topicId of body.TopicIdList) {
      if (mayTell(draft, `topic ${topicId}`, event)) draft.topics.delete(topicId);
    }
  }),

  onLiving("Group.CallbackAfterTopicInfoChanged", (draft, body, event) => {
    // No version of the page names the topic; a sender that does is understood.
    const { TopicId: topicId, Name: name } = body as typeof body & { readonly TopicId?: unknown };
    const topic = typeof topicId === "string" ? draft.topics.get(topicId) : undefined;
    if (topic && name !== undefined && mayTell(draft, `topic ${topic.topicId}`, event)) {
      draft.topics.set(topic.topicId, { ...topic, name });
    }
  }),
]);

/** What the other callbacks do: a group that something is told of after the fact is there. */
export function noticed(draft: Draft, { command }: GroupEvent): void {
  if (draft.phase === "UNKNOWN" && isCallbackCommand(command) && callbackRow(command).kind === "after")
    beginLife(draft);
}

/** A callback's name and what it does; a body that today's schema does not take does nothing. */
function on<C extends CallbackCommand>(
  command: C,
  change: (draft: Draft, body: CallbackBody<C>, event: GroupEvent) => void,
): [string, Change] {
  return [
    command,
    (draft, event) => {
      const read = fit(catalog[command].body, event.body);
      if (read.ok) change(draft, read.value as CallbackBody<C>, event);
    },
  ];
}

/** As `on`, for what happens to a group that is there. */
function onLiving<C extends CallbackCommand>(
  command: C,
  change: (draft: Draft, body: CallbackBody<C>, event: GroupEvent) => void,
): [string, Change] {
  return on(command, (draft, body, event) => {
    if (draft.phase === "DISBANDED" && event.sequence === undefined) return;
    if (draft.phase !== "THERE") beginLife(draft);
    // Where the id had a group before, what is older than the creation belongs to that one.
    if (draft.life > 1 && isOlder(event, draft.createdAt)) return;
    if ("Type" in body && mayTellFirst(draft, "type", event)) draft.texts.set("type", String(body.Type));
    change(draft, body, event);
  });
}

/** Whether a creation is that of the life that is known already, told late, or an older one's. */
function isOfKnownLife({ phase, createdAt, disbandedAt }: Draft, event: GroupEvent): boolean {
  if (phase === "DISBANDED") return isOlder(event, disbandedAt);
  if (phase === "UNKNOWN" || event.sequence !== undefined) return false;
  // Communities' creations are sent seconds late; and two creations at one instant are one.
  return createdAt === undefined || (event.eventTime !== undefined && event.eventTime <= createdAt);
}

/** What a creation tells; where it comes late, what was told already is newer. */
function tellOfCreation(draft: Draft, body: CallbackBody<"Group.CallbackAfterCreateGroup">, event: GroupEvent): void {
  draft.createdAt = timeOf(event);
  for (const [name, text] of [
    ["type", body.Type],
    ["name", body.Name],
    ["owner", body.Owner_Account],
  ] as const) {
    if (mayTellFirst(draft, name, event)) draft.texts.set(name, text);
  }
  for (const { Key, Value } of body.UserDefinedDataList ?? []) {
    if (mayTellFirst(draft, `custom field ${Key}`, event)) draft.customFields.set(Key, Value);
  }
  // A disbanding has told who was there at the end.
  if (draft.told.has("members")) return;
  for (const userId of [body.Owner_Account, ...(body.MemberList ?? []).map(({ Member_Account }) => Member_Account)]) {
    const role = userId === draft.texts.get("owner") ? "Owner" : "Member";
    if (mayTellFirst(draft, `member ${userId}`, event)) addMember(draft, userId, { role, joinedAt: draft.createdAt });
  }
}

function tellTexts(draft: Draft, event: GroupEvent, texts: Partial<Record<TextName, string | undefined>>): void {
  for (const [name, text] of Object.entries(texts) as [TextName, string | undefined][]) {
    if (text !== undefined && mayTell(draft, name, event)) draft.texts.set(name, text);
  }
}

/** Adds a member; one that is there already stays as it is. Nobody has an empty id. */
function addMember(draft: Draft, userId: string, details: Partial<Member>): void {
  if (userId === "" || draft.members.has(userId)) return;
  draft.members.set(userId, { role: "Member", nameCard: undefined, joinedAt: undefined, ...details, userId });
}

/** Whether somebody is a member, who, by this event, must be one: if nothing newer says otherwise, so it is. */
function isMember(draft: Draft, userId: string, event: GroupEvent): boolean {
  if (!draft.members.has(userId) && mayTell(draft, `member ${userId}`, event)) addMember(draft, userId, {});
  return draft.members.has(userId);
}

function changeMember(draft: Draft, userId: string, change: Partial<Member>): void {
  const member = draft.members.get(userId);
  if (member) draft.members.set(userId, { ...member, ...change });
}
