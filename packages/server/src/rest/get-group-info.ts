import { ErrorCode, restCommands, wireTypeName } from "@muster/protocol";

import type { App } from "../app-settings.ts";
import { findGroup } from "../commands/find-group.ts";
import type { Group, Member } from "../group/group.ts";
import type { GroupReads } from "../ports.ts";
import { endpoint } from "./rest-endpoint.ts";

type Fields = Readonly<Record<string, unknown>>;

/** `group_open_http_svc/get_group_info`: a result for each group, whatever became of the others. */
export const getGroupInfoEndpoint = endpoint(restCommands.getGroupInfo, async (executor, app, _caller, body) => {
  const reads = executor.store.read(app.sdkAppId);
  const { GroupBaseInfoFilter, MemberInfoFilter, AppDefinedDataFilter_Group } = body.ResponseFilter ?? {};
  const entries: Fields[] = [];
  for (const groupId of body.GroupIdList) {
    const found = await findGroup(reads, groupId);
    if (!found.ok) {
      entries.push({ GroupId: groupId, ErrorCode: found.refusal.code, ErrorInfo: found.refusal.info });
      continue;
    }
    const { group } = found;
    const wantsMembers = MemberInfoFilter !== undefined || body.ResponseFilter === undefined;
    const members = wantsMembers ? await reads.members(groupId) : [];
    entries.push({
      GroupId: groupId,
      ErrorCode: ErrorCode.Ok,
      ErrorInfo: "",
      ...only(GroupBaseInfoFilter, await baseInfo(app, reads, group)),
      ...(wantsMembers ? { MemberList: members.map((member) => memberInfo(MemberInfoFilter, member)) } : {}),
      AppDefinedData: customFields(AppDefinedDataFilter_Group, group),
    });
  }
  return { ok: true, fields: { GroupInfo: entries } };
});

function only(names: readonly string[] | undefined, fields: Fields): Fields {
  if (!names) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

async function baseInfo(app: App, reads: GroupReads, group: Group): Promise<Fields> {
  return {
    Type: wireTypeName(app.profile, group.type),
    Name: group.name,
    Appid: app.sdkAppId,
    Introduction: group.introduction,
    Notification: group.notification,
    FaceUrl: group.faceUrl,
    Owner_Account: group.owner,
    CreateTime: group.createTime,
    LastInfoTime: group.lastInfoTime,
    LastMsgTime: 0,
    NextMsgSeq: 1,
    MemberNum: await reads.memberCount(group.groupId),
    MaxMemberNum: group.maxMembers,
    ApplyJoinOption: group.applyJoinOption,
    InviteJoinOption: group.inviteJoinOption,
    MuteAllMember: "Off",
    ...(group.type === "Community" ? { SupportTopic: group.supportTopic ? 1 : 0 } : {}),
  };
}

function memberInfo(names: readonly string[] | undefined, { userId, role, joinTime }: Member): Fields {
  const info = {
    Role: role,
    JoinTime: joinTime,
    MsgSeq: 0,
    MsgFlag: "AcceptAndNotify",
    LastSendMsgTime: 0,
    MuteUntil: 0,
  };
  return { Member_Account: userId, ...only(names, info) };
}

function customFields(names: readonly string[] | undefined, group: Group): Fields[] {
  return Object.entries(only(names, group.customFields)).map(([Key, Value]) => ({ Key, Value }));
}
