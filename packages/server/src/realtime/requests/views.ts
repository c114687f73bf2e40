import { wireTypeName, type ApplicationView, type GroupView, type MemberView, type TopicView } from "@muster/protocol";

import type { App } from "../../app-settings.ts";
import type { Application, Group, Member, Role, Topic } from "../../group/group.ts";

/** How groups, members and topics are shown to app users. */

export function groupView(app: App, group: Group, memberCount: number, role: Role | undefined): GroupView {
  return { ...group, type: wireTypeName(app.profile, group.type), memberCount, ...(role ? { role } : {}) };
}

export function memberView({ msgFlag: _private, ...member }: Member): MemberView {
  return member;
}

export function topicView({ groupId: _known, ...topic }: Topic): TopicView {
  return topic;
}

export function applicationView(application: Application, { name }: Group): ApplicationView {
  return { ...application, groupName: name };
}
