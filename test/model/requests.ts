import * as z from "zod/mini";

/**
 * What a request must look like to be looked at at all, read once more from the field tables of the documents: lengths in
 * bytes of UTF-8, what is required, what may be chosen. A body that does not fit is answered with 10004, that of an
 * account command with 70402.
 */
function text(most: number, least = 0): z.ZodMiniType<string> {
  return z.string().check(
    z.refine((value) => {
      const bytes = Buffer.byteLength(value);
      return value.isWellFormed() && bytes >= least && bytes <= most;
    }),
  );
}

const { optional: maybe, object, array } = z;
const some = <T extends z.ZodMiniType>(item: T) => array(item).check(z.minLength(1));
const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => z.int().check(z.minimum(least), z.maximum(most));

const anyText = z.string();
const user = text(32, 1);
const uint32 = whole(0, 4_294_967_295);
const flag = z.literal([0, 1]);
const apply = z.enum(["FreeAccess", "NeedPermission", "DisableApply"]);
const invite = z.enum(["FreeAccess", "NeedPermission", "DisableInvite"]);
const onOff = z.enum(["On", "Off"]);
const texts = { Introduction: maybe(text(240)), Notification: maybe(text(300)), FaceUrl: maybe(text(100)) };
const groupFields = array(object({ Key: text(16, 1), Value: text(512) }));
const memberFields = array(object({ Key: text(16, 1), Value: text(64) }));
const names = maybe(array(anyText));
const group = { GroupId: anyText };
const attributes = some(object({ key: text(Infinity, 1), value: anyText }));
const account = object({ UserID: anyText });

const newGroup = {
  Owner_Account: maybe(user),
  Type: anyText,
  GroupId: maybe(anyText),
  Name: text(30, 1),
  ...texts,
  MaxMemberCount: maybe(whole(1)),
  ApplyJoinOption: maybe(apply),
  InviteJoinOption: maybe(invite),
  AppDefinedData: maybe(groupFields),
  SupportTopic: maybe(flag),
};
const newTopic = {
  ...group,
  TopicId: maybe(anyText),
  TopicName: text(30, 1),
  From_Account: maybe(user),
  CustomString: maybe(text(3000)),
  ...texts,
};

/** The commands that the model knows, by `<service>/<command>`, the services without their `_svc` and `_http_svc`. */
export const requests = {
  "group_open/create_group": object({
    ...newGroup,
    MemberList: maybe(array(object({ Member_Account: user, Role: maybe(z.enum(["Admin", "Member"])) }))),
  }),
  "group_open/import_group": object({ ...newGroup, CreateTime: maybe(uint32) }),
  "group_open/destroy_group": object(group),
  "group_open/modify_group_base_info": object({
    ...group,
    From_Account: maybe(user),
    Name: maybe(text(30, 1)),
    ...texts,
    MaxMemberNum: maybe(whole(1)),
    ApplyJoinOption: maybe(apply),
    InviteJoinOption: maybe(invite),
    AppDefinedData: maybe(groupFields),
    MuteAllMember: maybe(onOff),
    ShutUpAllMember: maybe(onOff),
  }),
  "group_open/change_group_owner": object({ ...group, NewOwner_Account: user, From_Account: maybe(user) }),
  "group_open/add_group_member": object({
    ...group,
    Silence: maybe(flag),
    MemberList: some(object({ Member_Account: user })),
  }),
  "group_open/import_group_member": object({
    ...group,
    MemberList: some(object({ Member_Account: user, Role: maybe(z.literal("Admin")), JoinTime: maybe(uint32) })),
  }),
  "group_open/delete_group_member": object({ ...group, Silence: maybe(flag), MemberToDel_Account: some(user) }),
  "group_open/modify_group_member_info": object({
    ...group,
    Member_Account: user,
    Role: maybe(z.enum(["Admin", "Member"])),
    MsgFlag: maybe(z.enum(["AcceptAndNotify", "AcceptNotNotify", "Discard"])),
    NameCard: maybe(text(50)),
    AppMemberDefinedData: maybe(memberFields),
    MuteTime: maybe(uint32),
    ShutUpTime: maybe(uint32),
  }),
  "group_open/forbid_send_msg": object({
    ...group,
    Members_Account: some(user),
    MuteTime: maybe(uint32),
    ShutUpTime: maybe(uint32),
    TopicId: maybe(anyText),
  }).check(z.refine(({ MuteTime, ShutUpTime }) => (MuteTime ?? ShutUpTime) !== undefined)),
  "group_open/get_group_muted_account": object({ ...group, TopicId: maybe(anyText) }),
  "group_open/ban_group_member": object({ ...group, Members_Account: some(user), Duration: uint32 }),
  "group_open/unban_group_member": object({ ...group, Members_Account: some(user) }),
  "group_open/get_group_ban_member": object({ ...group, Limit: maybe(whole(1, 100)), Offset: whole(0) }),
  "group_open/set_group_attr": object({ ...group, GroupAttr: attributes }),
  "group_open/modify_group_attr": object({ ...group, GroupAttr: attributes }),
  "group_open/delete_group_attr": object({ ...group, GroupAttr: some(object({ key: text(Infinity, 1) })) }),
  "group_open/clear_group_attr": object(group),
  "group_open_attr/get_group_attr": object(group),
  "group_open/get_group_info": object({
    GroupIdList: some(anyText).check(z.maxLength(50)),
    ResponseFilter: maybe(
      object({
        GroupBaseInfoFilter: names,
        MemberInfoFilter: names,
        AppDefinedDataFilter_Group: names,
        AppDefinedDataFilter_GroupMember: names,
      }),
    ),
  }),
  "group_open/get_joined_group_list": object({
    Member_Account: user,
    Limit: maybe(whole(1, 5000)),
    Offset: maybe(whole(0)),
    GroupType: maybe(anyText),
    SupportTopic: maybe(flag),
    ResponseFilter: maybe(object({ GroupBaseInfoFilter: names, SelfInfoFilter: names })),
  }),
  "group_open/get_role_in_group": object({ ...group, User_Account: some(user) }),
  "group_open/get_group_member_info": object({
    ...group,
    MemberInfoFilter: names,
    MemberRoleFilter: maybe(array(z.enum(["Owner", "Admin", "Member"]))),
    Limit: maybe(whole(1)),
    Offset: maybe(whole(0)),
  }),
  "group_open/get_appid_group_list": object({
    Limit: maybe(whole(1, 10_000)),
    Next: maybe(whole(0)),
    GroupType: maybe(anyText),
  }),
  "million_group_open/create_topic": object(newTopic),
  "group_open/import_topic": object({ ...newTopic, CreateTime: maybe(uint32) }),
  "million_group_open/modify_topic": object({
    ...newTopic,
    TopicId: anyText,
    TopicName: maybe(text(30, 1)),
    MuteAllMember: maybe(onOff),
  }),
  "million_group_open/destroy_topic": object({ ...group, TopicIdList: some(anyText) }),
  /** What app users ask for: without a list, all of the community's topics. */
  "user/delete_topics": object({ ...group, TopicIdList: maybe(some(anyText)) }),
  "million_group_open/get_topic": object({
    ...group,
    From_Account: maybe(user),
    TopicIdList: names,
    ResponseFilter: names,
  }),
  "im_open_login/account_import": object({ UserID: user, Nick: maybe(anyText), FaceUrl: maybe(anyText) }),
  "im_open_login/multiaccount_import": object({
    Accounts: maybe(array(anyText)),
    AccountList: maybe(array(object({ UserID: anyText, Nick: maybe(anyText) }))),
  }),
  "im_open_login/account_delete": object({ DeleteItem: some(account) }),
  "im_open_login/account_check": object({ CheckItem: some(account) }),
} as const;

/** Those of them that an administrator calls. */
export type RestName = Exclude<RequestName, "user/delete_topics">;
export type RequestName = keyof typeof requests;
export type Request<N extends RequestName> = z.output<(typeof requests)[N]>;
