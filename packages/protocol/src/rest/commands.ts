import { accountCheck } from "./account-check.ts";
import { accountDelete } from "./account-delete.ts";
import { accountImport } from "./account-import.ts";
import { addGroupMember } from "./add-group-member.ts";
import { banGroupMember } from "./ban-group-member.ts";
import { changeGroupOwner } from "./change-group-owner.ts";
import { clearGroupAttr } from "./clear-group-attr.ts";
import { createGroup } from "./create-group.ts";
import { createTopic } from "./create-topic.ts";
import { deleteGroupAttr } from "./delete-group-attr.ts";
import { deleteGroupMember } from "./delete-group-member.ts";
import { destroyGroup } from "./destroy-group.ts";
import { destroyTopic } from "./destroy-topic.ts";
import type { RestCommand } from "./envelope.ts";
import { forbidSendMsg } from "./forbid-send-msg.ts";
import { getAppidGroupList } from "./get-appid-group-list.ts";
import { getGroupAttr } from "./get-group-attr.ts";
import { getGroupBanMember } from "./get-group-ban-member.ts";
import { getGroupInfo } from "./get-group-info.ts";
import { getGroupMemberInfo } from "./get-group-member-info.ts";
import { getGroupMutedAccount } from "./get-group-muted-account.ts";
import { getJoinedGroupList } from "./get-joined-group-list.ts";
import { getRoleInGroup } from "./get-role-in-group.ts";
import { getTopic } from "./get-topic.ts";
import { importGroup } from "./import-group.ts";
import { importGroupMember } from "./import-group-member.ts";
import { importTopic } from "./import-topic.ts";
import { kick } from "./kick.ts";
import { modifyGroupAttr } from "./modify-group-attr.ts";
import { modifyGroupBaseInfo } from "./modify-group-base-info.ts";
import { modifyGroupMemberInfo } from "./modify-group-member-info.ts";
import { modifyTopic } from "./modify-topic.ts";
import { multiaccountImport } from "./multiaccount-import.ts";
import { queryOnlineStatus } from "./query-online-status.ts";
import { sendGroupSystemNotification } from "./send-group-system-notification.ts";
import { setGroupAttr } from "./set-group-attr.ts";
import { unbanGroupMember } from "./unban-group-member.ts";

/** The commands of the REST API that Muster has. */
export const restCommands = {
  accountCheck,
  accountDelete,
  accountImport,
  addGroupMember,
  banGroupMember,
  changeGroupOwner,
  clearGroupAttr,
  createGroup,
  createTopic,
  deleteGroupAttr,
  deleteGroupMember,
  destroyGroup,
  destroyTopic,
  forbidSendMsg,
  getAppidGroupList,
  getGroupAttr,
  getGroupBanMember,
  getGroupInfo,
  getGroupMemberInfo,
  getGroupMutedAccount,
  getJoinedGroupList,
  getRoleInGroup,
  getTopic,
  importGroup,
  importGroupMember,
  importTopic,
  kick,
  modifyGroupAttr,
  modifyGroupBaseInfo,
  modifyGroupMemberInfo,
  modifyTopic,
  multiaccountImport,
  queryOnlineStatus,
  sendGroupSystemNotification,
  setGroupAttr,
  unbanGroupMember,
} as const satisfies Record<string, RestCommand>;
