import { accountCheckEndpoint } from "./account-check.ts";
import { accountDeleteEndpoint } from "./account-delete.ts";
import { accountImportEndpoint } from "./account-import.ts";
import { addGroupMemberEndpoint } from "./add-group-member.ts";
import { banGroupMemberEndpoint, unbanGroupMemberEndpoint } from "./ban-group-member.ts";
import { changeGroupOwnerEndpoint } from "./change-group-owner.ts";
import { createGroupEndpoint, importGroupEndpoint } from "./create-group.ts";
import { createTopicEndpoint, importTopicEndpoint } from "./create-topic.ts";
import { deleteGroupMemberEndpoint } from "./delete-group-member.ts";
import { destroyGroupEndpoint } from "./destroy-group.ts";
import { destroyTopicEndpoint } from "./destroy-topic.ts";
import { forbidSendMsgEndpoint } from "./forbid-send-msg.ts";
import { getAppidGroupListEndpoint } from "./get-appid-group-list.ts";
import { getGroupBanMemberEndpoint } from "./get-group-ban-member.ts";
import { getGroupInfoEndpoint } from "./get-group-info.ts";
import { getGroupMemberInfoEndpoint } from "./get-group-member-info.ts";
import { getGroupMutedAccountEndpoint } from "./get-group-muted-account.ts";
import { getJoinedGroupListEndpoint } from "./get-joined-group-list.ts";
import { getRoleInGroupEndpoint } from "./get-role-in-group.ts";
import { getTopicEndpoint } from "./get-topic.ts";
import {
  setGroupAttrEndpoint,
  modifyGroupAttrEndpoint,
  deleteGroupAttrEndpoint,
  clearGroupAttrEndpoint,
  getGroupAttrEndpoint,
} from "./group-attr.ts";
import { importGroupMemberEndpoint } from "./import-group-member.ts";
import { kickEndpoint } from "./kick.ts";
import { modifyGroupBaseInfoEndpoint } from "./modify-group-base-info.ts";
import { modifyGroupMemberInfoEndpoint } from "./modify-group-member-info.ts";
import { modifyTopicEndpoint } from "./modify-topic.ts";
import { multiaccountImportEndpoint } from "./multiaccount-import.ts";
import { queryOnlineStatusEndpoint } from "./query-online-status.ts";
import { sendGroupSystemNotificationEndpoint } from "./send-group-system-notification.ts";
import type { RestEndpoint } from "./rest-endpoint.ts";

const endpoints: readonly RestEndpoint[] = [
  accountCheckEndpoint,
  accountDeleteEndpoint,
  accountImportEndpoint,
  addGroupMemberEndpoint,
  banGroupMemberEndpoint,
  unbanGroupMemberEndpoint,
  changeGroupOwnerEndpoint,
  createGroupEndpoint,
  createTopicEndpoint,
  deleteGroupMemberEndpoint,
  destroyGroupEndpoint,
  destroyTopicEndpoint,
  forbidSendMsgEndpoint,
  getAppidGroupListEndpoint,
  getGroupBanMemberEndpoint,
  getGroupInfoEndpoint,
  getGroupMemberInfoEndpoint,
  getGroupMutedAccountEndpoint,
  getJoinedGroupListEndpoint,
  getRoleInGroupEndpoint,
  getTopicEndpoint,
  setGroupAttrEndpoint,
  modifyGroupAttrEndpoint,
  deleteGroupAttrEndpoint,
  clearGroupAttrEndpoint,
  getGroupAttrEndpoint,
  importGroupMemberEndpoint,
  importGroupEndpoint,
  importTopicEndpoint,
  kickEndpoint,
  modifyGroupBaseInfoEndpoint,
  modifyGroupMemberInfoEndpoint,
  modifyTopicEndpoint,
  multiaccountImportEndpoint,
  queryOnlineStatusEndpoint,
  sendGroupSystemNotificationEndpoint,
];

const services = new Map<string, Map<string, RestEndpoint>>();
for (const one of endpoints) {
  const commands = services.get(one.wire.service) ?? new Map<string, RestEndpoint>();
  commands.set(one.wire.command, one);
  services.set(one.wire.service, commands);
}

/** The commands of a service by their names; `undefined` where there is no such service. */
export function commandsOf(service: string): ReadonlyMap<string, RestEndpoint> | undefined {
  return services.get(service);
}
