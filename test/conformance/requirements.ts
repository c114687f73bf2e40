/** A rule of the interface. */
export interface Requirement {
  /** Where it is written: a public page, or the decision where the documents are silent. */
  readonly source: string;
  /** What holds, in one sentence. */
  readonly behaviour: string;
}

const page = (number: number, title: string): string => `${title}, https://trtc.io/document/${number}`;

const restOverview = page(34620, "REST API overview");
const errors = page(34348, "Error codes");
const userSig = page(34385, "UserSig");
const groupSystem = page(33529, "Group system");
const createGroup = page(34895, "create_group");
const destroyGroup = page(34896, "destroy_group");
const getGroupInfo = page(34961, "get_group_info");
const getAppidGroupList = page(34960, "get_appid_group_list");
const getJoinedGroupList = page(34925, "get_joined_group_list");
const modifyGroup = page(34962, "modify_group_base_info");
const importGroup = page(34967, "import_group");
const addMember = page(34921, "add_group_member");
const deleteMember = page(34949, "delete_group_member");
const memberInfo = page(34948, "get_group_member_info");
const modifyMember = page(34900, "modify_group_member_info");
const forbid = page(34951, "forbid_send_msg");
const muted = page(34964, "get_group_muted_account");
const importMember = page(34969, "import_group_member");
const accountImport = page(34953, "account_import");
const multiImport = page(34954, "multiaccount_import");
const accountDelete = page(34955, "account_delete");
const accountCheck = page(34956, "account_check");
const kick = page(34957, "kick");
const onlineStatus = page(35477, "query_online_status");
const createTopic = page(49471, "create_topic");
const destroyTopic = page(49470, "destroy_topic");
const changeOwner = "Tencent Cloud Chat: change_group_owner";
const role = "Tencent Cloud Chat: get_role_in_group";
const ban = "Tencent Cloud Chat: ban_group_member, unban_group_member, get_group_ban_member";
const notification = "Tencent Cloud Chat: send_group_system_notification";
const getTopic = "Tencent Cloud Chat: get_topic";
const modifyTopic = "Tencent Cloud Chat: modify_topic";
const importTopic = "Tencent Cloud Chat: import_topic";
const attributes = page(44190, "Group attributes");
const callbacks = page(34354, "Webhooks overview");
const quotaAlarm = page(57455, "After the daily quota of groups is nearly used");
const quantityDecisions = "Muster: docs/adr/0012-quantities-of-an-app.md";
const groupManagement = page(33530, "Group management");
const beforeCreateGroup = page(34368, "Before a group is created");
const beforeApply = page(34370, "Before a user applies to join a group");
const beforeInvite = page(34371, "Before users are invited to a group");
const beforeTopic = page(49463, "Before a topic is created");
const userGuide = "Muster: docs/guides/app-users.md";
const beforeDecisions = "Muster: docs/adr/0011-before-callbacks-are-asked-about-a-trial.md";
const memberState = page(48734, "After a member's state changes");
const missedDecisions = "Muster: docs/adr/0013-what-a-device-missed.md";
const wireDecisions = "Muster: docs/adr/0002-where-the-documents-disagree.md";
const strangers = "Muster: docs/adr/0018-endpoints-are-strangers.md";
const adminApi = "Muster: docs/adr/0014-apps-change-while-the-server-runs.md";
const deliveryDecisions = "Muster: docs/adr/0017-deliveries-are-seen-replayed-and-forgotten.md";
const codeDecisions = "Muster: docs/adr/0003-error-codes-where-nothing-says.md";

/** What Muster's REST API and its callbacks do, rule by rule. Each is proved by a test under test/. */
// oxfmt-ignore
export const requirements = {
  // The call itself.
  "call:envelope": { source: restOverview, behaviour: "Every answer has ActionStatus, ErrorInfo and ErrorCode, with HTTP status 200." },
  "call:post-only": { source: restOverview, behaviour: "Another method than POST is answered with 60002." },
  "call:unreadable-http": { source: errors, behaviour: "A request whose HTTP cannot be read is answered with 60002 in the envelope." },
  "call:any-content-type": { source: restOverview, behaviour: "The body is read as JSON whatever content type the request says." },
  "call:body-required": { source: restOverview, behaviour: "An empty body is answered with 60003." },
  "call:body-json": { source: errors, behaviour: "A body that is not JSON is answered with 60003." },
  "call:body-limit": { source: codeDecisions, behaviour: "A body of 1 MiB is read, one byte more is answered with 93000." },
  "call:body-depth": { source: codeDecisions, behaviour: "A body that nests deeper than 64 levels is answered with 60003." },
  "call:body-utf-8": { source: codeDecisions, behaviour: "A body that is not UTF-8 is answered with 60003." },
  "call:unknown-service": { source: errors, behaviour: "A service that does not exist is answered with 60009." },
  "call:unknown-command": { source: errors, behaviour: "A command that its service does not have is answered with 10003." },
  "call:other-path": { source: errors, behaviour: "A path that is no command's is answered with 60009." },
  "call:case-sensitive": { source: restOverview, behaviour: "Names and values count with their case: of parameters, services, commands and fields." },
  "call:query-order": { source: restOverview, behaviour: "The parameters of the query may come in any order." },
  "call:random-optional": { source: codeDecisions, behaviour: "A call without random and contenttype is carried out." },
  "call:contenttype": { source: errors, behaviour: "A contenttype other than json is answered with 60025." },
  "call:sdkappid-missing": { source: errors, behaviour: "A call without sdkappid is answered with 60012." },
  "call:sdkappid-form": { source: errors, behaviour: "An sdkappid that is no number is answered with 60025." },
  "call:identifier-missing": { source: errors, behaviour: "A call without identifier is answered with 60004." },
  "call:not-admin": { source: errors, behaviour: "A user with a good UserSig who is no administrator is answered with 60010." },
  "call:plus-in-query": { source: codeDecisions, behaviour: "A + in the query is a + and not a space." },
  "call:unknown-fields": { source: restOverview, behaviour: "Fields that a command does not have change nothing." },
  "call:duplicate-keys": { source: codeDecisions, behaviour: "Of a field that stands twice in an object the last one counts." },
  "call:proto-key": { source: codeDecisions, behaviour: "A field named __proto__ is a field like any other, and gives an object nothing." },
  "call:lone-surrogate": { source: codeDecisions, behaviour: "A text that is no valid Unicode is refused with the command's code for a bad parameter." },
  "call:number-as-text": { source: errors, behaviour: "A number in quotes is no number: 10004, with the field's name." },
  "call:error-info-names-field": { source: codeDecisions, behaviour: "ErrorInfo of a bad parameter names the field, with its place in a list, and what is wrong." },
  "call:refusal-changes-nothing": { source: errors, behaviour: "A refused command changes nothing and is told to nobody." },
  "call:answer-limit": { source: errors, behaviour: "An answer of 1 MiB is given, a longer one is refused with 10018." },

  // How often, and how many.
  "rate:off": { source: quantityDecisions, behaviour: "Without rates a command may be called as often as it comes." },
  "rate:documented": { source: restOverview, behaviour: "With the documented rates a command is refused with 60007 from its 201st call of a second on, get_appid_group_list from the second." },
  "rate:number": { source: quantityDecisions, behaviour: "A number as rates is that of every command of the app, each counted by itself." },
  "quantity:new-groups": { source: groupSystem, behaviour: "More new groups on a day than the app may have get 10006." },
  "quantity:new-groups-net": { source: groupSystem, behaviour: "A group that is disbanded makes room for another one of the same day." },
  "quantity:new-groups-day": { source: quantityDecisions, behaviour: "The day is that of UTC, and each begins anew." },
  "quantity:groups": { source: createGroup, behaviour: "More groups at a time than the app may have get 10058." },
  "quantity:av-chat-rooms": { source: groupSystem, behaviour: "More AVChatRooms at a time than the app may have get 10036." },
  "quantity:groups-per-user": { source: createGroup, behaviour: "A group with an owner or member who is in as many groups as a user may be gets 10037, and there is none." },
  "quantity:groups-of-nobody": { source: createGroup, behaviour: "A group without owner and members counts against nobody, nor does an AVChatRoom." },
  "quantity:add-member": { source: addMember, behaviour: "Of those added, whoever is in as many groups as a user may be has Result 0; where nobody else is left, the command gets 10037." },
  "quantity:topics": { source: createTopic, behaviour: "More topics than a community may have get 10037, created or imported." },
  "quantity:members": { source: createGroup, behaviour: "MaxMemberCount or initial members beyond what the app's groups of that type may have get 10038." },
  "quantity:members-default": { source: groupSystem, behaviour: "A group may have as many members by default as the app's groups of its type may have." },
  "quantity:members-changed": { source: quantityDecisions, behaviour: "Where groups are changed or imported, MaxMemberNum or MaxMemberCount beyond that gets 10004." },
  "quantity:imports": { source: importGroup, behaviour: "Imports are refused by no quantity, but what they bring is there to be counted." },

  "call:garbage": { source: restOverview, behaviour: "Whatever the body, the answer is the envelope with a code of the documents, never an internal error, and what is refused changes nothing." },
  "user:garbage": { source: userGuide, behaviour: "Whatever an app user sends is answered under its id or ends that connection alone, never in an internal error, and what is refused changes nothing." },

  // UserSig.
  "usersig:valid": { source: userSig, behaviour: "A UserSig of Tencent's own signer is taken." },
  "usersig:other-libraries": { source: userSig, behaviour: "A UserSig is taken whatever the order of its keys, white space and compression." },
  "usersig:userbuf": { source: userSig, behaviour: "A UserSig with a userbuf is taken where the userbuf is signed along." },
  "usersig:missing": { source: errors, behaviour: "A missing or empty UserSig is answered with 70002." },
  "usersig:undecodable": { source: errors, behaviour: "A UserSig that cannot be unpacked or lacks a field is answered with 70003." },
  "usersig:bomb": { source: codeDecisions, behaviour: "A UserSig that unpacks to a huge text is answered with 70003." },
  "usersig:other-app": { source: errors, behaviour: "A UserSig for another app is answered with 70014." },
  "usersig:other-user": { source: errors, behaviour: "A UserSig for another user is answered with 70013." },
  "usersig:expired": { source: errors, behaviour: "A UserSig is good in its last second and answered with 70001 after it." },
  "usersig:wrong-key": { source: errors, behaviour: "A UserSig that was signed with another key is answered with 70009." },
  "usersig:forged-claims": { source: userSig, behaviour: "Whoever changes a claim of a UserSig breaks its signature: 70009." },
  "usersig:order": { source: userSig, behaviour: "App, user, age and signature are checked in that order." },
  "usersig:unknown-app": { source: errors, behaviour: "An app that does not exist is answered with 70020." },
  "usersig:star-escaped": { source: restOverview, behaviour: "The * of a UserSig may come escaped or not." },
  "usersig:non-ascii": { source: userSig, behaviour: "A user's id with other letters than English is signed as UTF-8." },
  "usersig:kick": { source: kick, behaviour: "After kick, UserSigs that were signed before it are answered with 70001, later ones are taken." },

  // create_group.
  "rest:create-group:answer": { source: createGroup, behaviour: "create_group answers with the envelope and GroupId." },
  "rest:create-group:topic-community-answer": { source: createGroup, behaviour: "For a community with topics the answer has HugeGroupFlag 0 and Type Community as well." },
  "rest:create-group:generated-id": { source: groupSystem, behaviour: "A group without GroupId gets one that begins with @TGS# and the mark of its type." },
  "rest:create-group:custom-id": { source: groupSystem, behaviour: "A custom GroupId of up to 48 printable ASCII characters is echoed, others get 10004." },
  "rest:create-group:custom-id-prefix": { source: groupSystem, behaviour: "A custom GroupId must not begin with @TGS#, except a community's, which must begin with @TGS#_." },
  "rest:create-group:id-taken": { source: errors, behaviour: "A GroupId that another's group has gets 10021." },
  "rest:create-group:id-taken-by-self": { source: errors, behaviour: "A GroupId that a group of the same owner has gets 10025." },
  "rest:create-group:id-after-destroy": { source: codeDecisions, behaviour: "The GroupId of a disbanded group may be used again." },
  "rest:create-group:types": { source: groupSystem, behaviour: "All five types can be created by REST, under their old names and their new ones." },
  "rest:create-group:type-names-answered": { source: wireDecisions, behaviour: "Answers say Private and ChatRoom by default, Work and Meeting where the profile asks for it." },
  "rest:create-group:type-required": { source: createGroup, behaviour: "A missing or unknown Type gets 10004." },
  "rest:create-group:name-required": { source: createGroup, behaviour: "A missing or empty Name gets 10004." },
  "rest:create-group:name-30-bytes": { source: createGroup, behaviour: "Name may have 30 bytes of UTF-8; one more gets 10004." },
  "rest:create-group:introduction-240-bytes": { source: createGroup, behaviour: "Introduction may have 240 bytes of UTF-8; one more gets 10004." },
  "rest:create-group:notification-300-bytes": { source: createGroup, behaviour: "Notification may have 300 bytes of UTF-8; one more gets 10004." },
  "rest:create-group:face-url-100-bytes": { source: createGroup, behaviour: "FaceUrl may have 100 bytes of UTF-8; one more gets 10004." },
  "rest:create-group:owner-is-member": { source: createGroup, behaviour: "The owner becomes a member with the role Owner." },
  "rest:create-group:no-owner": { source: createGroup, behaviour: "Without Owner_Account the group has no owner and no member but those named." },
  "rest:create-group:owner-not-imported": { source: errors, behaviour: "An owner or member without an account gets 10019, and there is no group." },
  "rest:create-group:members": { source: createGroup, behaviour: "MemberList makes members, with Role Admin admins; each counts once." },
  "rest:create-group:members-100": { source: createGroup, behaviour: "MemberList may name 100 members; one more gets 10005, and there is no group." },
  "rest:create-group:member-fields": { source: createGroup, behaviour: "AppMemberDefinedData of an initial member is kept; a key that is not configured gets 10004." },
  "rest:create-group:avchatroom-members": { source: createGroup, behaviour: "An AVChatRoom with MemberList gets 10007." },
  "rest:create-group:work-admin": { source: groupSystem, behaviour: "A Work group has no admins: an initial one gets 10007." },
  "rest:create-group:max-members": { source: groupSystem, behaviour: "MaxMemberCount is at most 6000, for a community 100000, and so much by default." },
  "rest:create-group:too-many-for-max": { source: errors, behaviour: "More initial members than MaxMemberCount get 10014." },
  "rest:create-group:join-options": { source: createGroup, behaviour: "ApplyJoinOption is NeedPermission by default and takes the documented values only." },
  "rest:create-group:custom-fields": { source: groupSystem, behaviour: "Configured custom fields are kept, up to 512 bytes each; binary ones come back as they went." },
  "rest:create-group:unknown-custom-field": { source: errors, behaviour: "A custom field that is not configured gets 10004." },
  "rest:create-group:community-not-enabled": { source: errors, behaviour: "A community in an app without communities gets 11000, topics without topics as well." },
  "rest:create-group:support-topic": { source: createGroup, behaviour: "SupportTopic is for communities: elsewhere it gets 10007." },

  // destroy_group.
  "rest:destroy-group:answer": { source: destroyGroup, behaviour: "destroy_group disbands each of the five types and answers with the envelope alone." },
  "rest:destroy-group:not-found": { source: destroyGroup, behaviour: "A group that does not exist or was disbanded gets 10010." },
  "rest:destroy-group:bad-id": { source: destroyGroup, behaviour: "A text that cannot be a group's id gets 10015." },
  "rest:destroy-group:gone": { source: destroyGroup, behaviour: "A disbanded group's members, topics and attributes are gone, also from a new group of the same id." },

  // get_group_info.
  "rest:get-group-info:entry": { source: getGroupInfo, behaviour: "Each group comes with all documented fields and its members." },
  "rest:get-group-info:per-group": { source: getGroupInfo, behaviour: "Each group has a result of its own, and the answer is OK whatever they are." },
  "rest:get-group-info:50": { source: getGroupInfo, behaviour: "GroupIdList names 1 to 50 groups; others get 10004." },
  "rest:get-group-info:filter": { source: getGroupInfo, behaviour: "With a filter only the named fields come, and GroupId, ErrorCode, ErrorInfo." },
  "rest:get-group-info:every-field": { source: getGroupInfo, behaviour: "Each field of group and member comes by its own name in a filter, and no other." },
  "rest:get-group-info:avchatroom": { source: getGroupInfo, behaviour: "An AVChatRoom comes with its owner and without members." },
  "rest:get-group-info:avchatroom-number": { source: wireDecisions, behaviour: "MemberNum of an AVChatRoom is how many users are in it." },

  // Lists of groups.
  "rest:get-appid-group-list:all": { source: getAppidGroupList, behaviour: "All groups of the app are counted and listed, and Next is 0." },
  "rest:get-appid-group-list:pages": { source: getAppidGroupList, behaviour: "Pages joined by Next give each group once; the last has Next 0." },
  "rest:get-appid-group-list:type": { source: getAppidGroupList, behaviour: "GroupType narrows list and count, under old names and new; an unknown one gets 10004." },
  "rest:get-appid-group-list:limit": { source: getAppidGroupList, behaviour: "Limit is 1 to 10000; others get 10004." },
  "rest:get-joined-group-list:ids": { source: getJoinedGroupList, behaviour: "Without a filter a user's groups come by their ids alone, with their number." },
  "rest:get-joined-group-list:filter": { source: getJoinedGroupList, behaviour: "The filters bring the named fields of the group and of the user's membership." },
  "rest:get-joined-group-list:pages": { source: getJoinedGroupList, behaviour: "Limit and Offset cut a page out; TotalCount stays that of all." },
  "rest:get-joined-group-list:type": { source: getJoinedGroupList, behaviour: "GroupType narrows the list; SupportTopic goes with Community, else it gets 10004." },
  "rest:get-joined-group-list:community-ok": { source: getJoinedGroupList, behaviour: "For communities ErrorInfo of the answer is ok." },
  "rest:get-joined-group-list:limit": { source: getJoinedGroupList, behaviour: "Limit is 1 to 5000; others get 10004." },
  "rest:get-joined-group-list:every-field": { source: getJoinedGroupList, behaviour: "Each field of group and membership comes by its own name in a filter, and no other." },
  "rest:get-joined-group-list:not-activated": { source: wireDecisions, behaviour: "Work groups that nobody has written to are listed, whatever WithNoActiveGroups says." },
  "rest:get-joined-group-list:huge": { source: wireDecisions, behaviour: "AVChatRooms, which keep no members, are not listed, whatever WithHugeGroups says." },
  "rest:get-joined-group-list:nobody": { source: getJoinedGroupList, behaviour: "A user without groups gets an empty list." },

  // modify_group_base_info.
  "rest:modify-group:answer": { source: modifyGroup, behaviour: "modify_group_base_info changes the fields that are there, leaves the others and answers with the envelope alone." },
  "rest:modify-group:every-field": { source: modifyGroup, behaviour: "Each field is changed by itself, and the others stay." },
  "rest:modify-group:lengths": { source: modifyGroup, behaviour: "The texts have the lengths of create_group, and 10004 beyond." },
  "rest:modify-group:custom-fields": { source: modifyGroup, behaviour: "Custom fields are added and overwritten; an empty value deletes one." },
  "rest:modify-group:unknown-custom-field": { source: errors, behaviour: "A custom field that is not configured gets 10004." },
  "rest:modify-group:mute-all": { source: modifyGroup, behaviour: "MuteAllMember is On or Off, also under its old name ShutUpAllMember." },
  "rest:modify-group:max-member-num": { source: modifyGroup, behaviour: "MaxMemberNum beyond the type's bound or below the members there are gets 10004; an AVChatRoom ignores it." },
  "rest:modify-group:last-info-time": { source: groupSystem, behaviour: "A change moves LastInfoTime." },
  "rest:modify-group:from-account": { source: modifyGroup, behaviour: "With From_Account the callback names that user as the operator." },
  "call:from-account": { source: codeDecisions, behaviour: "From_Account names a user who is imported: another gets 10019, and nothing is done." },
  "rest:modify-group:not-found": { source: modifyGroup, behaviour: "No such group is 10010, no such form of id 10015." },

  // change_group_owner.
  "rest:change-owner:answer": { source: changeOwner, behaviour: "change_group_owner makes a member the owner and the old owner a member." },
  "rest:change-owner:not-member": { source: changeOwner, behaviour: "Somebody who is no member gets 10007." },
  "rest:change-owner:same": { source: codeDecisions, behaviour: "The present owner as the new one gets 10007." },
  "rest:change-owner:avchatroom": { source: changeOwner, behaviour: "An AVChatRoom gets 10007." },
  "rest:change-owner:no-owner-before": { source: changeOwner, behaviour: "A group without an owner gets one." },
  "rest:change-owner:unmuted": { source: wireDecisions, behaviour: "A new owner who was muted is so no more." },
  "rest:change-owner:from-account": { source: changeOwner, behaviour: "With From_Account the callback names that user as the operator." },
  "rest:change-owner:not-found": { source: changeOwner, behaviour: "No such group is 10010, no such form of id 10015." },

  // import_group.
  "rest:import-group:answer": { source: importGroup, behaviour: "import_group creates a group with its CreateTime and answers with GroupId." },
  "rest:import-group:fields": { source: importGroup, behaviour: "An imported group keeps every field that a created one may have, and has its owner for a member." },
  "rest:import-group:bounds": { source: importGroup, behaviour: "Ids, texts, options and custom fields have the bounds and codes of create_group." },
  "rest:import-group:silent": { source: importGroup, behaviour: "An import has no callback, with members and topics neither." },
  "rest:import-group:avchatroom": { source: importGroup, behaviour: "An AVChatRoom cannot be imported: 10007." },
  "rest:import-group:max-members": { source: importGroup, behaviour: "MaxMemberCount is 2000 by default, at most 6000, for a community 100000." },
  "rest:import-group:id-taken": { source: importGroup, behaviour: "A GroupId that is taken gets 10021, whoever has it." },
  "rest:import-group:future": { source: codeDecisions, behaviour: "A CreateTime in the future gets 10004." },

  // Members.
  "rest:add-member:results": { source: addMember, behaviour: "Each who is named has a Result: 1 added, 2 a member already, 0 not possible." },
  "rest:add-member:300": { source: addMember, behaviour: "300 members may be named; one more gets 10005, and nobody is added." },
  "rest:add-member:types": { source: groupSystem, behaviour: "REST adds members to every type but AVChatRoom, which gets 10007." },
  "rest:add-member:full": { source: addMember, behaviour: "As many are added as there is room for; a full group gets 10014." },
  "rest:add-member:not-found": { source: addMember, behaviour: "No such group is 10010, no such form of id 10015." },
  "rest:add-member:list-required": { source: addMember, behaviour: "A missing or empty MemberList gets 10004." },
  "rest:add-member:silence": { source: addMember, behaviour: "Silence takes 0 and 1; the callback comes in any case." },
  "rest:add-member:at-once": { source: wireDecisions, behaviour: "REST adds at once, whatever InviteJoinOption and ApplyJoinOption say." },
  "rest:delete-member:answer": { source: deleteMember, behaviour: "delete_group_member removes members and answers with the envelope alone." },
  "rest:delete-member:not-member": { source: deleteMember, behaviour: "Naming somebody who is no member is no failure and tells nothing." },
  "rest:delete-member:100": { source: deleteMember, behaviour: "100 members may be named; one more gets 10005, and nobody is removed." },
  "rest:delete-member:silence": { source: deleteMember, behaviour: "Silence takes 0 and 1, Reason a text; the callback comes in any case." },
  "rest:delete-member:owner": { source: codeDecisions, behaviour: "The owner cannot be removed: 10007, and nobody is." },
  "rest:delete-member:avchatroom": { source: deleteMember, behaviour: "An AVChatRoom gets 10004." },
  "rest:delete-member:not-found": { source: deleteMember, behaviour: "No such group is 10010, no such form of id 10015." },
  "rest:member-info:answer": { source: memberInfo, behaviour: "get_group_member_info gives MemberNum and every member's documented fields." },
  "rest:member-info:filters": { source: memberInfo, behaviour: "The filters narrow roles, fields and custom fields." },
  "rest:member-info:every-field": { source: memberInfo, behaviour: "Each field of a member comes by its own name in MemberInfoFilter, and no other." },
  "rest:member-info:pages": { source: memberInfo, behaviour: "Limit (at most 6000) and Offset cut a page out." },
  "rest:member-info:community-next": { source: memberInfo, behaviour: "A community is paged by Next, from an empty text to an empty text, 100 at most." },
  "rest:member-info:avchatroom": { source: memberInfo, behaviour: "An AVChatRoom gets 10007." },
  "rest:member-info:not-found": { source: memberInfo, behaviour: "No such group is 10010, no such form of id 10015." },
  "rest:modify-member:answer": { source: modifyMember, behaviour: "modify_group_member_info changes role, name card, receiving option, custom fields and mute." },
  "rest:modify-member:every-field": { source: modifyMember, behaviour: "Each field is changed by itself, and the others stay." },
  "rest:modify-member:name-card-50-bytes": { source: modifyMember, behaviour: "NameCard may have 50 bytes of UTF-8; one more gets 10004." },
  "rest:modify-member:custom-fields": { source: groupSystem, behaviour: "A member's custom fields have up to 64 bytes; an empty value deletes one, an unknown key gets 10004." },
  "rest:modify-member:owner-role": { source: modifyMember, behaviour: "The owner's role cannot be changed here, nor can anybody be made owner: 10004." },
  "rest:modify-member:work-admin": { source: groupSystem, behaviour: "A Work group has no admins: 10007." },
  "rest:modify-member:mute": { source: modifyMember, behaviour: "MuteTime mutes for so many seconds, 0 unmutes; its old name ShutUpTime works." },
  "rest:modify-member:not-member": { source: codeDecisions, behaviour: "Somebody who is no member gets 10004." },
  "rest:modify-member:not-found": { source: modifyMember, behaviour: "No such group is 10010, no such form of id 10015." },
  "rest:role:answer": { source: role, behaviour: "get_role_in_group says Owner, Admin, Member or NotMember of each." },
  "rest:role:500": { source: role, behaviour: "500 users may be named; one more gets 10005." },
  "rest:role:avchatroom": { source: role, behaviour: "An AVChatRoom gets 10007." },
  "rest:role:not-found": { source: role, behaviour: "No such group is 10010, no such form of id 10015." },
  "rest:forbid:answer": { source: forbid, behaviour: "forbid_send_msg mutes members for so many seconds." },
  "rest:forbid:for-good": { source: forbid, behaviour: "4294967295 mutes for good, 0 unmutes." },
  "rest:forbid:old-name": { source: forbid, behaviour: "MuteTime may be called ShutUpTime; without either it is 10004." },
  "rest:forbid:500": { source: forbid, behaviour: "500 members may be named; one more gets 10005." },
  "rest:forbid:work": { source: forbid, behaviour: "A Work group cannot mute: 10007." },
  "rest:forbid:all-or-none": { source: codeDecisions, behaviour: "Where one of those named is no member, nobody is muted: 10004." },
  "rest:forbid:uint32": { source: forbid, behaviour: "MuteTime beyond 32 bits or below 0 gets 10004." },
  "rest:forbid:topic": { source: forbid, behaviour: "With TopicId members of a community are muted in that topic alone." },
  "rest:forbid:topic-codes": { source: codeDecisions, behaviour: "A topic that does not exist gets 10010, what is none of this community 10015, a group without topics 10007, and nobody is muted." },
  "rest:forbid:topic-ends": { source: wireDecisions, behaviour: "A mute in a topic ends with the topic, with the membership, and for whoever becomes the owner." },
  "rest:forbid:avchatroom": { source: wireDecisions, behaviour: "In an AVChatRoom, which keeps no members, whoever is named is muted and listed." },
  "rest:forbid:not-found": { source: forbid, behaviour: "No such group is 10010, no such form of id 10015." },
  "rest:muted-list:answer": { source: muted, behaviour: "get_group_muted_account lists those who are muted now, and until when." },
  "rest:muted-list:topic": { source: muted, behaviour: "With TopicId those who are muted in that topic are listed, without it those who are in the whole group." },
  "rest:muted-list:expires": { source: muted, behaviour: "A mute that has run out is not listed." },
  "rest:muted-list:not-found": { source: muted, behaviour: "No such group is 10010, no such form of id 10015." },
  "rest:ban:answer": { source: ban, behaviour: "ban_group_member bans users from an AVChatRoom, and get_group_ban_member lists them until it runs out." },
  "rest:ban:unban": { source: ban, behaviour: "unban_group_member lifts a ban." },
  "rest:ban:20": { source: ban, behaviour: "20 users may be named; one more gets 10005." },
  "rest:ban:description": { source: ban, behaviour: "Description may have 1000 bytes; one more gets 10004." },
  "rest:ban:other-types": { source: ban, behaviour: "Groups of other types have no bans: 10007 for all three commands." },
  "rest:ban:pages": { source: ban, behaviour: "Bans are paged by Offset and NextOffset, 100 at most." },
  "rest:ban:not-found": { source: ban, behaviour: "No such group is 10010, no such form of id 10015, for all three commands." },
  "rest:ban:list-required": { source: ban, behaviour: "A missing or empty Members_Account gets 10004." },
  "rest:ban:duration": { source: ban, behaviour: "Duration is required and fits into 32 bits, else 10004." },
  "rest:import-member:results": { source: importMember, behaviour: "Each who is named has a Result: 1 added, 2 a member already, 0 not possible; JoinTime is kept." },
  "rest:import-member:join-time": { source: importMember, behaviour: "JoinTime lies between the group's creation and now, else 10004 for all." },
  "rest:import-member:role": { source: importMember, behaviour: "Role may say Admin only, else it gets 10004, and not in a Work group: 10007." },
  "rest:import-member:300": { source: importMember, behaviour: "300 members may be named; one more gets 10005." },
  "rest:import-member:full": { source: importMember, behaviour: "As many are brought in as there is room for, the others have Result 0, and UnreadMsgNum is taken." },
  "rest:import-member:not-found": { source: importMember, behaviour: "No such group is 10010, no such form of id 10015." },
  "rest:import-member:avchatroom": { source: groupSystem, behaviour: "Members of an AVChatRoom cannot be imported: 10007." },
  "rest:notification:answer": { source: notification, behaviour: "send_group_system_notification answers with the envelope alone and has no callback." },
  "rest:notification:500": { source: notification, behaviour: "500 members may be named; one more gets 10005." },
  "rest:notification:avchatroom": { source: notification, behaviour: "An AVChatRoom is notified as a whole only: 10007." },
  "rest:notification:topic-codes": { source: codeDecisions, behaviour: "A TopicId names a topic of the community, with the codes of a mute." },
  "rest:notification:not-found": { source: notification, behaviour: "No such group is 10010, no such form of id 10015." },

  // Attributes.
  "rest:attr:set": { source: attributes, behaviour: "set_group_attr replaces all attributes." },
  "rest:attr:modify": { source: attributes, behaviour: "modify_group_attr adds and overwrites, and leaves the others." },
  "rest:attr:delete": { source: attributes, behaviour: "delete_group_attr removes the named keys." },
  "rest:attr:clear": { source: attributes, behaviour: "clear_group_attr removes all." },
  "rest:attr:get": { source: attributes, behaviour: "get_group_attr gives keys and values, in a service of its own." },
  "rest:attr:key-32-bytes": { source: errors, behaviour: "A key may have 32 bytes; one more gets 10045." },
  "rest:attr:value-4000-bytes": { source: errors, behaviour: "A value may have 4000 bytes; one more gets 10046." },
  "rest:attr:16-keys": { source: errors, behaviour: "A group may have 16 attributes; one more gets 10047." },
  "rest:attr:16000-bytes": { source: errors, behaviour: "All attributes together may have 16000 bytes; one more gets 10048." },
  "rest:attr:odd-keys": { source: codeDecisions, behaviour: "Keys such as __proto__ and constructor are keys like any other." },
  "rest:attr:delete-missing": { source: errors, behaviour: "delete_group_attr of a key that the group does not have gets 10050, and none is deleted." },
  "rest:attr:not-found": { source: attributes, behaviour: "No such group is 10010, no such form of id 10015." },

  // Topics.
  "rest:create-topic:answer": { source: createTopic, behaviour: "create_topic answers with the envelope and TopicId." },
  "rest:create-topic:generated-id": { source: groupSystem, behaviour: "A generated TopicId is the community's id, @TOPIC#_ and a part that begins with @TOPIC#." },
  "rest:create-topic:custom-id": { source: groupSystem, behaviour: "A custom TopicId of up to 96 bytes with the community's id in front is echoed, others get 10004." },
  "rest:create-topic:id-taken": { source: createTopic, behaviour: "A TopicId that is taken gets 10025." },
  "rest:create-topic:lengths": { source: createTopic, behaviour: "TopicName has 30 bytes, Introduction 240, Notification 300, FaceUrl 100, CustomString 3000; one more gets 10004." },
  "rest:create-topic:name-required": { source: createTopic, behaviour: "A missing or empty TopicName gets 10004." },
  "rest:create-topic:other-types": { source: createTopic, behaviour: "A group of another type, or a community without SupportTopic, gets 10007." },
  "rest:create-topic:not-enabled": { source: createTopic, behaviour: "In an app without topics every topic command gets 11000." },
  "rest:create-topic:not-found": { source: createTopic, behaviour: "No such community is 10010, no such form of id 10015." },
  "rest:create-topic:200": { source: groupSystem, behaviour: "A community may have 200 topics; one more gets 10037." },
  "rest:create-topic:from-account": { source: createTopic, behaviour: "From_Account creates the topic; without an account it gets 10019." },
  "rest:destroy-topic:answer": { source: destroyTopic, behaviour: "destroy_topic answers with a result for each topic in the order of the request, and ErrorInfo ok." },
  "rest:destroy-topic:per-topic": { source: destroyTopic, behaviour: "What is no topic of the community gets 10015, what is deleted 110003, and the others are deleted." },
  "rest:destroy-topic:twice-in-one": { source: destroyTopic, behaviour: "A topic that is named twice is deleted once and is gone the second time." },
  "rest:destroy-topic:not-found": { source: destroyTopic, behaviour: "No such community is 10015, as 10010 is not among the command's codes." },
  "rest:destroy-topic:list-required": { source: destroyTopic, behaviour: "A missing or empty TopicIdList gets 10004." },
  "rest:get-topic:entry": { source: getTopic, behaviour: "Each topic comes with TopicInfo (with GroupID spelt so) and SelfInfo." },
  "rest:get-topic:all": { source: getTopic, behaviour: "Without TopicIdList, or with an empty one, all topics come in the order of creation." },
  "rest:get-topic:per-topic": { source: getTopic, behaviour: "A topic that does not exist has the code 110003 in its own entry." },
  "rest:get-topic:filter": { source: getTopic, behaviour: "With a filter only the named fields come, and GroupID and TopicId." },
  "rest:get-topic:every-field": { source: getTopic, behaviour: "Each field of a topic comes by its own name in ResponseFilter, beside GroupID and TopicId." },
  "rest:get-topic:self-info": { source: getTopic, behaviour: "SelfInfo says until when From_Account, or else the caller, is muted in the topic." },
  "rest:get-topic:other-types": { source: getTopic, behaviour: "A group without topics gets 10007, one that does not exist 10010." },
  "rest:modify-topic:answer": { source: modifyTopic, behaviour: "modify_topic changes the fields that are there, and answers with ErrorInfo ok." },
  "rest:modify-topic:every-field": { source: modifyTopic, behaviour: "Each field is changed by itself, and the others stay." },
  "rest:modify-topic:lengths": { source: modifyTopic, behaviour: "The texts have the lengths of create_topic, and 10004 beyond." },
  "rest:modify-topic:codes": { source: modifyTopic, behaviour: "A deleted topic gets 10010, an id that is none of this community 10015." },
  "rest:import-topic:answer": { source: importTopic, behaviour: "import_topic creates a topic with its CreateTime and answers with TopicId." },
  "rest:import-topic:fields": { source: importTopic, behaviour: "An imported topic keeps every text that a created one may have." },
  "rest:import-topic:bounds": { source: importTopic, behaviour: "The texts have the lengths of create_topic, and 10004 beyond." },
  "rest:import-topic:id-taken": { source: importTopic, behaviour: "A TopicId that is taken gets 10021." },
  "rest:import-topic:type": { source: importTopic, behaviour: "A Type other than Community gets 10004." },
  "rest:import-topic:future": { source: codeDecisions, behaviour: "A CreateTime in the future gets 10004." },

  // Accounts.
  "rest:account-import:answer": { source: accountImport, behaviour: "account_import makes a user known, and again with the same answer." },
  "rest:account-import:id-32-bytes": { source: accountImport, behaviour: "UserID may have 32 bytes; one more, none, or another type gets 70402." },
  "rest:account-import:profile-500-bytes": { source: accountImport, behaviour: "Nick and FaceUrl may have 500 bytes; one more gets 40601." },
  "rest:multi-import:answer": { source: multiImport, behaviour: "multiaccount_import takes ids, or ids with profiles, and lists in FailAccounts those that failed." },
  "rest:multi-import:100": { source: multiImport, behaviour: "100 accounts may be named; one more, or none, gets 70402." },
  "rest:account-check:answer": { source: accountCheck, behaviour: "account_check says Imported or NotImported of each." },
  "rest:account-check:100": { source: accountCheck, behaviour: "100 accounts may be named; one more, or none, gets 70402." },
  "rest:account-delete:per-item": { source: accountDelete, behaviour: "Each account has a result: 0, or 70107 where there is none." },
  "rest:account-delete:100": { source: accountDelete, behaviour: "100 accounts may be named; one more, or none, gets 70402." },
  "rest:account-delete:memberships": { source: codeDecisions, behaviour: "A deleted user leaves the groups, and those that were the user's have no owner." },
  "rest:account-delete:administrator": { source: codeDecisions, behaviour: "An administrator's account stays: 70402 for that account." },
  "rest:kick:answer": { source: kick, behaviour: "kick answers with the envelope alone; without such an account it is 70107." },
  "rest:online-status:answer": { source: onlineStatus, behaviour: "Each account comes as Offline where no device is connected, with Detail where it is asked for." },
  "rest:online-status:connected": { source: onlineStatus, behaviour: "Who has a device connected is Online, with the platform of each in Detail." },
  "rest:online-status:errors": { source: onlineStatus, behaviour: "Accounts that do not exist are in ErrorList; where none exists the whole is 70107." },
  "rest:online-status:500": { source: onlineStatus, behaviour: "500 accounts may be named; one more gets 90011." },
  "rest:online-status:form": { source: errors, behaviour: "An empty or missing To_Account gets 90001 or 90003, and what is no list of texts 90003." },

  // Callbacks.
  "callback:query": { source: callbacks, behaviour: "The query is SdkAppid, CallbackCommand, contenttype, ClientIP and OptPlatform RESTAPI, in that order." },
  "callback:post-json": { source: callbacks, behaviour: "A callback is a POST whose body is one JSON object that repeats the command." },
  "callback:event-time": { source: wireDecisions, behaviour: "EventTime is the time of the command in milliseconds, a number or by the profile a text." },
  "callback:type-names": { source: wireDecisions, behaviour: "Type is the old name, or by the profile the new one." },
  "callback:switches": { source: page(34520, "Webhook configuration"), behaviour: "Only what is switched on is sent; topics share the switches of groups." },
  "callback:order": { source: "Muster: ARCHITECTURE.md", behaviour: "The callbacks of a group come in the order of its commands, numbered without gaps." },
  "callback:after-create-group:body": { source: page(34369, "After a group is created"), behaviour: "AfterCreateGroup has exactly the documented fields in the documented order." },
  "callback:after-create-group:member-list": { source: wireDecisions, behaviour: "MemberList names the initial members in order, each once, without the owner, and is empty where there are none." },
  "callback:after-create-group:community": { source: wireDecisions, behaviour: "A community's comes at once, like any other's." },
  "callback:after-create-group:custom-fields": { source: page(34369, "After a group is created"), behaviour: "UserDefinedDataList carries the custom fields and is absent where there are none." },
  "callback:after-group-destroyed:body": { source: page(34377, "After a group is disbanded"), behaviour: "AfterGroupDestroyed has exactly the documented fields in the documented order." },
  "callback:after-group-destroyed:member-list": { source: page(34377, "After a group is disbanded"), behaviour: "MemberList names everybody who was a member, the owner first." },
  "callback:after-group-destroyed:alone": { source: page(34377, "After a group is disbanded"), behaviour: "It is the only callback of a group's end: none tells that each member has left." },
  "callback:after-group-destroyed:community": { source: page(34377, "After a group is disbanded"), behaviour: "A community's has no MemberList, and its topics have no callback." },
  "callback:after-group-info-changed:body": { source: page(34378, "After a group's profile is changed"), behaviour: "AfterGroupInfoChanged has only those of the four texts that changed." },
  "callback:after-group-info-changed:others-silent": { source: page(34378, "After a group's profile is changed"), behaviour: "Other fields, and texts that stay as they are, have no callback." },
  "callback:after-change-owner:body": { source: page(60396, "After a group's owner is changed"), behaviour: "AfterChangeGroupOwner names the old owner and the new one." },
  "callback:after-change-owner:alone": { source: page(60396, "After a group's owner is changed"), behaviour: "It is the only callback of the change: none tells of the two roles." },
  "callback:after-new-member-join:apply": { source: page(34372, "After members join"), behaviour: "Who joins without being added comes with Apply, and whoever accepted as the operator." },
  "callback:after-new-member-join:body": { source: page(34372, "After members join"), behaviour: "AfterNewMemberJoin says Invited and names those who were added, and nobody else." },
  "callback:after-new-member-join:nobody": { source: page(34372, "After members join"), behaviour: "Where nobody was added nothing is told." },
  "callback:after-member-exit:body": { source: page(34373, "After members leave"), behaviour: "AfterMemberExit says Kicked and names those who were removed." },
  "callback:after-group-full:last-place": { source: page(34376, "After a group is full"), behaviour: "It comes once where some of those added take the last places and others find none." },
  "callback:after-group-full:refused": { source: wireDecisions, behaviour: "Whoever does not get into a full group is told of to nobody." },
  "callback:after-group-full:created": { source: wireDecisions, behaviour: "A group that is full when it is created has no AfterGroupFull: nobody has joined." },
  "callback:quota-alarm:body": { source: quotaAlarm, behaviour: "OnDailyGroupQuotaAlarm has QuotaUsed, Quota and EventTime, and comes in the app's own lane." },
  "callback:quota-alarm:once": { source: quotaAlarm, behaviour: "It comes when more than 70 % of a day's new groups are there, once a day." },
  "callback:quota-alarm:switch": { source: quotaAlarm, behaviour: "It comes by the switch of a changed group profile." },
  "callback:after-group-full:body": { source: page(34376, "After a group is full"), behaviour: "AfterGroupFull comes behind the joining that filled the group, with GroupId and EventTime alone." },
  "callback:after-member-field-changed:body": { source: page(60393, "After a member's profile is changed"), behaviour: "AfterMemberFieldChanged tells a new role or name card, with both." },
  "callback:after-member-field-changed:owner": { source: wireDecisions, behaviour: "Where the owner's name card is changed Role says Owner." },
  "callback:after-member-field-changed:others-silent": { source: page(60393, "After a member's profile is changed"), behaviour: "Mutes, receiving options and custom fields have no callback." },
  "callback:after-group-attr-changed:body": { source: page(60394, "After group attributes are changed"), behaviour: "AfterGroupAttrChanged says set, modify, delete or clear, and has keys in lower case." },
  "callback:after-create-topic:body": { source: page(49464, "After a topic is created"), behaviour: "AfterCreateTopic has exactly the documented fields, and no time." },
  "callback:after-create-topic:custom-fields": { source: page(49464, "After a topic is created"), behaviour: "UserDefinedDataList carries the community's custom fields and is absent where there are none." },
  "callback:none": { source: callbacks, behaviour: "Bans, mutes, notifications, accounts and what only asks have no callback." },
  "callback:after-topic-destroyed:body": { source: page(49465, "After a topic is deleted"), behaviour: "AfterTopicDestroyed names all topics of one command in one list, only those that were deleted, and has no time." },
  "callback:after-topic-destroyed:nothing": { source: page(49465, "After a topic is deleted"), behaviour: "Where no topic was deleted nothing is told." },
  "callback:after-topic-info-changed:body": { source: page(49466, "After a topic's profile is changed"), behaviour: "AfterTopicInfoChanged has the changed texts, no TopicId and no time." },
  "callback:on-member-state-change:body": { source: memberState, behaviour: "OnMemberStateChange has exactly the documented fields, no ClientIP and no OptPlatform, and is numbered with the group's other callbacks." },
  "callback:on-member-state-change:first-and-last": { source: memberState, behaviour: "It comes with the first device of a user that joins and the last that leaves." },
  "callback:on-member-state-change:types": { source: memberState, behaviour: "Groups of other types than AVChatRoom have none." },
  "callback:on-member-state-change:heartbeat": { source: memberState, behaviour: "A connection that is away for 30 s is told as HeartbeatInterrupt, and its return as HeartbeatRecover." },
  "callback:answer-ignored": { source: callbacks, behaviour: "What an after-callback is answered with changes nothing." },

  // App users' devices.
  "user:resume:missed": { source: missedDecisions, behaviour: "A device that was away is told what happened meanwhile, each thing once and in order." },
  "user:resume:membership": { source: missedDecisions, behaviour: "A user is told nothing of a group from before joining and after leaving, whenever the device comes back." },
  "user:resume:room": { source: missedDecisions, behaviour: "A device that was in an AVChatRoom is in it again when it is back, and is told what happened there." },
  "user:resume:too-much": { source: missedDecisions, behaviour: "A device that missed more than 1000 notices is told that its groups are to be read again." },

  // Rules that hold across commands.
  "rules:admin-has-owner-powers": { source: groupSystem, behaviour: "An administrator may do in every group what its owner may, without being a member." },
  "rules:work:dismiss-rest-only": { source: groupSystem, behaviour: "A Work group is disbanded through REST." },
  "rules:msg-flag": { source: groupSystem, behaviour: "New members receive with a push to those who are away, in a Meeting only while online: AcceptNotNotify." },
  "rules:custom-field-keys": { source: groupSystem, behaviour: "A custom field's key is of up to 16 letters, digits and _, and does not begin with a digit." },
  "rules:custom-field-number": { source: groupSystem, behaviour: "An app has up to 10 custom fields of groups and 5 of members." },
  "rules:apps-apart": { source: groupSystem, behaviour: "Each app has users and groups of its own; the same ids may be used in another." },

  // The admin API.
  "admin:token": { source: adminApi, behaviour: "Without the admin token, or with another, nothing is told or done: 401 with a challenge." },
  "admin:guessing": { source: adminApi, behaviour: "Who sends 20 wrong tokens within a minute is not listened to until it is over: 429 with Retry-After." },
  "admin:off": { source: adminApi, behaviour: "Without adminToken the API answers 403, and says how to turn it on." },
  "admin:problems": { source: adminApi, behaviour: "What cannot be used is refused with 422 and all problems at once, each with path and what is allowed; nothing changes." },
  "admin:http": { source: adminApi, behaviour: "Unknown paths, other methods, long bodies, other media types and broken JSON get 404, 405, 413, 415 and 400, each with an error in JSON." },
  "admin:create": { source: adminApi, behaviour: "An app that is made takes calls at once; a key that was made for it is shown once." },
  "admin:read": { source: adminApi, behaviour: "Apps are shown with everything but their secrets, of which a fingerprint is shown." },
  "admin:change": { source: adminApi, behaviour: "A merge patch changes what it names, at once; null brings back the default." },
  "admin:versions": { source: adminApi, behaviour: "A change with an If-Match of an older version is refused with 412, and changes nothing." },
  "admin:restart": { source: adminApi, behaviour: "What was made, changed and deleted is so after a restart." },
  "admin:restore": { source: adminApi, behaviour: "An app of the configuration file can be had as the file says again, also after it was deleted." },
  "admin:delete": { source: adminApi, behaviour: "A deleted app takes no calls, its users' connections end, its pending callbacks are cancelled and counted so." },
  "admin:url-removed": { source: adminApi, behaviour: "Where the callback URL is removed what is pending is cancelled, and with a URL again callbacks are delivered at once." },
  "admin:url-rules": { source: page(34520, "Webhook configuration"), behaviour: "A callback URL has the documented scheme and host name; what Muster takes beyond is said when it is verified." },
  "admin:administrators": { source: adminApi, behaviour: "An administrator who is added has an account and may call the REST API at once; one who is removed may not." },
  "admin:rotate-key": { source: adminApi, behaviour: "A new secret key counts at once, the old one until the overlap ends, to the millisecond, also for UserSigs that were seen before." },
  "admin:rotate-token": { source: adminApi, behaviour: "With a new token Sign is made at once; webhook-signature carries one of each token until the overlap ends." },
  "admin:user-sig": { source: adminApi, behaviour: "A UserSig is signed for a user of one app, for a day at most, and never for an administrator; it is logged, and at debug for whom." },
  "admin:secrets-hidden": { source: adminApi, behaviour: "No secret that was given is in any answer, in the log, or readable in the store." },
  "admin:verify": { source: adminApi, behaviour: "A verification calls the URL once, with a callback about a group that cannot exist, and says what was found at each step." },
  "admin:verify-recorder": { source: adminApi, behaviour: "The recorder answers a verification OK after its checks, and keeps nothing of it." },
  "admin:openapi": { source: adminApi, behaviour: "The OpenAPI document is served, and is what docs/contract has." },

  // Deliveries, through the admin API.
  "deliveries:list": { source: deliveryDecisions, behaviour: "Deliveries are listed with what became of them, the newest first, page by page." },
  "deliveries:filters": { source: deliveryDecisions, behaviour: "Deliveries are found by app, group, command, state, time and webhook-id." },
  "deliveries:one": { source: deliveryDecisions, behaviour: "One delivery shows the request as it was posted, without what proves the sender, and every attempt." },
  "deliveries:refusals": { source: deliveryDecisions, behaviour: "What cannot be asked or repeated is refused with a code and a reason." },
  "deliveries:endpoint": { source: deliveryDecisions, behaviour: "An endpoint's state is told with what waits for it, and who says that it is back has everything sent at once." },
  "deliveries:moved": { source: deliveryDecisions, behaviour: "Where an app's callback settings change what is pending is sent there at once." },
  "replay:one": { source: deliveryDecisions, behaviour: "A replay has the id, number and body of its original, counts its attempts from 1, and says what it is." },
  "replay:many": { source: deliveryDecisions, behaviour: "A group, a time or a command is replayed in the order of each group." },
  "replay:dead-letters": { source: deliveryDecisions, behaviour: "A dead letter whose replay is delivered counts as delivered, and a replay counts as nothing." },
  "replay:once": { source: deliveryDecisions, behaviour: "What waits for its replay is not queued a second time." },
  // App users, over the WebSocket and with the client library.
  "user:login:codes": { source: errors, behaviour: "A login with a UserSig that is not good is refused with the code of its fault, and the next one may succeed." },
  "user:login:unknown-app": { source: errors, behaviour: "A login to an app that does not exist is refused with 70020." },
  "user:login:account": { source: userGuide, behaviour: "Whoever logs in has an account from then on." },
  "user:origin": { source: callbacks, behaviour: "Callbacks of what a user did carry the address and the platform of that user's connection." },
  "user:devices": { source: groupManagement, behaviour: "Every device of a user hears of what happens in the user's groups." },
  "user:refusals": { source: errors, behaviour: "What a user may not do is refused with the server's code and a text that names the field." },
  "user:create-group:callback": { source: page(34369, "After a group is created"), behaviour: "A group that a user creates is the user's own, and AfterCreateGroup names the user as Operator_Account." },
  "user:create-group:fields": { source: groupSystem, behaviour: "A user may give a new group all texts of its profile, members, topics and custom fields." },
  "user:dismiss:told": { source: groupManagement, behaviour: "A disbanded group is told to all who were its members (operationType 5), its creation to them with 6 and 7, and to nobody else." },
  "user:dismiss:by-rest": { source: groupManagement, behaviour: "What REST creates and disbands is told to the members as well." },
  "user:dismiss:work": { source: groupSystem, behaviour: "A Work group is disbanded by nobody but the app's administrators: its owner gets 10007, and nothing is told." },
  "user:apply:decided": { source: groupSystem, behaviour: "Who applies to a Public group waits until its owner or an admin accepts or refuses; what was decided cannot be decided again (10024)." },
  "user:apply:told": { source: groupManagement, behaviour: "An application is told to owner and admins (operationType 1), the decision to the applicant (2 or 3), the joining to the members." },
  "user:join:free": { source: groupSystem, behaviour: "Who joins a group that is free to join is a member at once." },
  "user:invite:results": { source: groupSystem, behaviour: "Who invites reads of each whether that user was added, is in already, or has no account." },
  "user:invite:options": { source: groupSystem, behaviour: "InviteJoinOption makes those who are invited wait for a decision, or closes the group to invitations." },
  "user:quit:told": { source: groupManagement, behaviour: "Quitting is told to the user's own devices (operationType 8) and to the members, and AfterMemberExit says Quit." },
  "user:quit:owner": { source: groupSystem, behaviour: "The owner may quit a Work group, which then has no owner, and no other (10009)." },
  "user:quit:last": { source: groupSystem, behaviour: "A group ends when its last member has left." },
  "user:remove:told": { source: groupManagement, behaviour: "Who is removed hears of it (operationType 4), so do the members, and AfterMemberExit says Kicked." },
  "user:avchatroom:audience": { source: groupSystem, behaviour: "In an AVChatRoom is who has joined and is connected, on all devices; its owner joins like everybody." },
  "user:avchatroom:ban": { source: ban, behaviour: "Who is banned from an AVChatRoom is out at once and cannot join." },
  "user:avchatroom:last-connection": { source: groupSystem, behaviour: "With the last connection a user has left the AVChatRooms, and its end is told to all who are in it." },
  "user:role:told": { source: page(60393, "After a member's profile is changed"), behaviour: "The owner makes admins and unmakes them; it is told to the members, and by AfterMemberFieldChanged." },
  "user:name-card": { source: groupSystem, behaviour: "A member changes the own name card; the owner, and those above the member, change it too." },
  "user:hand-over": { source: page(60396, "After a group's owner is changed"), behaviour: "An owner who hands the group over is an ordinary member then; AfterChangeGroupOwner names both." },
  "user:profile:told": { source: page(34378, "After a group's profile is changed"), behaviour: "A changed profile is told to the members with what changed alone, and by AfterGroupInfoChanged." },
  "user:profile:work": { source: groupSystem, behaviour: "Any member of a Work group may change its profile; nobody mutes it." },
  "user:attributes:told": { source: attributes, behaviour: "Changed attributes are told to the members, all that there are then, and by AfterGroupAttrChanged." },
  "user:topics:created": { source: createTopic, behaviour: "A community's owner creates topics; the members hear of each." },
  "user:topics:deleted": { source: destroyTopic, behaviour: "Topics are deleted with a result for each, all where none is named; the members hear of those that are gone." },
  "user:topics:changed": { source: modifyTopic, behaviour: "A changed topic is told to the members, and listed as it is then." },
  "user:members:listed": { source: groupSystem, behaviour: "Members read the list of members by pages and by roles, others do not." },
  "user:groups:listed": { source: groupSystem, behaviour: "A user's groups are listed in the order of joining, with the user's role." },
  "user:groups:work-unseen": { source: groupSystem, behaviour: "A Work group is not to be seen from outside, others are." },
  "user:notification": { source: notification, behaviour: "A notification of the app's backend reaches the members (operationType 255), with the group's name." },
  "user:notification:topic": { source: notification, behaviour: "One that is for a topic says which." },
  "user:silence": { source: addMember, behaviour: "With Silence nobody is told of who was added or removed." },
  "user:may:private": { source: groupSystem, behaviour: "In a Work group members change the profile and invite, the owner removes and hands over, nobody mutes or makes admins." },
  "user:may:public": { source: groupSystem, behaviour: "In a Public group owner and admins change the profile, remove and mute, the owner disbands, hands over and makes admins, nobody invites." },
  "user:may:meeting": { source: groupSystem, behaviour: "In a Meeting the owner alone changes the profile; owner and admins remove and mute, nobody invites." },
  "user:may:avchatroom": { source: groupSystem, behaviour: "In an AVChatRoom the owner changes the profile, mutes and disbands; nobody invites, removes or makes admins." },
  "user:may:community": { source: groupSystem, behaviour: "In a Community members invite, owner and admins change the profile, remove, mute and create topics, the owner disbands and makes admins." },
  "user:kick": { source: kick, behaviour: "A kick ends the user's connections on every device and makes earlier UserSigs void, and ends nobody else's." },

  // Before-callbacks.
  "before:create-group:body": { source: beforeCreateGroup, behaviour: "BeforeCreateGroup has exactly the documented fields in the documented order, of REST and of users alike." },
  "before:apply:body": { source: beforeApply, behaviour: "BeforeApplyJoinGroup has Requestor_Account and comes of users alone." },
  "before:apply:approval": { source: beforeApply, behaviour: "Where an application waits for a decision the app is asked when it is made, and not again when it is accepted." },
  "before:invite:body": { source: beforeInvite, behaviour: "BeforeInviteJoinGroup has exactly the documented fields in the documented order, of REST and of users alike." },
  "before:invite:refused-members": { source: beforeInvite, behaviour: "Those whom RefusedMembers_Account names are not added (Result 0), the others are." },
  "before:create-topic:body": { source: beforeTopic, behaviour: "BeforeCreateTopic has Operator_Account, Type and Name, and neither GroupId nor EventTime." },
  "before:create-topic:switch": { source: beforeTopic, behaviour: "BeforeCreateTopic shares the switch of BeforeCreateGroup." },
  "before:query": { source: callbacks, behaviour: "A before-callback is a POST with the query of any callback, signed where the app has a token." },
  "before:switches": { source: page(34520, "Webhook configuration"), behaviour: "An app is asked about nothing whose switch is off." },
  "before:unnumbered": { source: beforeDecisions, behaviour: "A before-callback has no number: the first after-callback of the group has 1." },
  "before:allow": { source: callbacks, behaviour: "With ErrorCode 0 the operation goes on." },
  "before:refuse": { source: callbacks, behaviour: "With ErrorCode 1, or one that is not documented, nothing is done, and the caller reads 10016." },
  "before:own-codes": { source: callbacks, behaviour: "With ErrorCode 10100 to 10200 nothing is done, and the caller reads that code and the app's text." },
  "before:refused-untold": { source: callbacks, behaviour: "What an app refused has no after-callback." },
  "before:timeout": { source: callbacks, behaviour: "After 2 s without an answer the operation goes on, or is refused with 10016 where the app wants that." },
  "before:no-answer": { source: callbacks, behaviour: "An answer with another status than 200, that is no JSON object or has no ErrorCode, is none." },
  "before:once": { source: callbacks, behaviour: "A before-callback is sent once and never again, whatever comes back." },
  "before:rules-first": { source: beforeDecisions, behaviour: "An app is not asked about what the rules refuse." },
  "before:rules-again": { source: beforeDecisions, behaviour: "Rules are checked again once the app has allowed it." },
  "before:no-transaction": { source: beforeDecisions, behaviour: "While an app thinks, other commands are carried out." },
  "before:imports": { source: importGroup, behaviour: "An app is not asked about groups and members that are imported, nor told." },

  // Endpoints that callbacks are sent to, and whoever connects.
  "security:certificates": { source: strangers, behaviour: "An HTTPS endpoint is believed where the app's own authority vouches for it, and shown the app's certificate, from the moment that they are set." },
  "security:certificate-key": { source: strangers, behaviour: "The key of a client certificate is in no answer, in no log and readable in no file." },
  "security:certificates-fit": { source: strangers, behaviour: "Certificates that cannot be used are refused with their place and the reason, and nothing is changed." },
  "security:hostile-endpoints": { source: strangers, behaviour: "An endpoint that drips, floods, breaks off or lies has attempts that end by their deadline and say what happened, and no other endpoint notices." },
  "security:literals": { source: strangers, behaviour: "A URL that names an address to which nothing may be sent is refused when it is set, with what to do." },
  "security:log": { source: strangers, behaviour: "The log at info holds no secret and nothing of users, groups and callbacks." },
  "security:networks": { source: strangers, behaviour: "A URL may lead into the networks that the app lists, and to no other private address." },
} as const satisfies Record<string, Requirement>;

export type RequirementId = keyof typeof requirements;
