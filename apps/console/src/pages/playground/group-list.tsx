import { TYPES } from "@muster/client";
import type { ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { useStore } from "../../state/store.ts";
import type { AppUser, AppUserState, HeldGroup } from "./app-user.ts";
import { groupTypeName } from "./group-type-names.ts";
import { TopicList } from "./topic-list.tsx";

interface GroupListProps {
  readonly user: AppUser;
  readonly other: AppUserState;
}

/** The groups that a user is in, and those of the other's that the user could come into. */
export function GroupList({ user, other }: GroupListProps): ReactNode {
  const words = useWords();
  const { userId, groups } = useStore(user.state);
  const own = new Set(groups.map(({ groupID }) => groupID));
  const others = other.groups.filter(({ groupID }) => !own.has(groupID));
  return (
    <section aria-label={words.groupsOf(userId)}>
      {groups.length + others.length === 0 && <p className="faint">{words.noGroupsHere}</p>}
      <ul className="group-cards">
        {groups.map((group) => (
          <li key={group.groupID}>
            <GroupHead group={group} />
            {group.isSupportTopic && <TopicList user={user} group={group} />}
            <MemberActions user={user} group={group} other={other} />
          </li>
        ))}
        {others.map((group) => (
          <li key={group.groupID} className="outside">
            <GroupHead group={{ ...group, selfInfo: undefined }} />
            <VisitorActions user={user} group={group} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type ShownGroup = Pick<HeldGroup, "groupID" | "name" | "type" | "memberCount"> & {
  readonly selfInfo?: HeldGroup["selfInfo"] | undefined;
};

function GroupHead({
  group: { groupID, name, type, memberCount, selfInfo },
}: {
  readonly group: ShownGroup;
}): ReactNode {
  const words = useWords();
  const roles = { Owner: words.roleOwner, Admin: words.roleAdmin, Member: words.roleMember };
  return (
    <div className="group-head">
      <strong>{name}</strong>
      <span className="tag">{groupTypeName(type, words)}</span>
      <span className={selfInfo ? "badge" : "badge outside"}>{selfInfo ? roles[selfInfo.role] : words.notIn}</span>
      <p className="faint">
        <span className="id">{groupID}</span> · {words.memberCount(memberCount)}
      </p>
    </div>
  );
}

function MemberActions({ user, group, other }: GroupListProps & { readonly group: HeldGroup }): ReactNode {
  const words = useWords();
  const { groupID, name, type } = group;
  const isOwner = group.selfInfo?.role === TYPES.GRP_MBR_ROLE_OWNER;
  const isWork = type === TYPES.GRP_WORK;
  const canInvite = (isWork || type === TYPES.GRP_COMMUNITY) && other.status === "in";
  const isOtherIn = other.groups.some((one) => one.groupID === groupID);
  return (
    <div className="actions">
      {canInvite && !isOtherIn && (
        <Button
          onClick={() => void user.act((client) => client.addGroupMember({ groupID, userIDList: [other.userId] }))}
        >
          {words.invite(other.userId)}
        </Button>
      )}
      {(!isOwner || isWork) && (
        <Button
          aria-label={words.leaveNamed(name)}
          onClick={() => void user.act((client) => client.quitGroup(groupID))}
        >
          {words.leave}
        </Button>
      )}
      {isOwner && !isWork && (
        <Button
          kind="danger"
          aria-label={words.disbandNamed(name)}
          onClick={() => void user.act((client) => client.dismissGroup(groupID))}
        >
          {words.disband}
        </Button>
      )}
    </div>
  );
}

function VisitorActions({ user, group }: { readonly user: AppUser; readonly group: HeldGroup }): ReactNode {
  const words = useWords();
  const { asked } = useStore(user.state);
  if (group.type === TYPES.GRP_WORK) return <p className="faint">{words.byInvitation}</p>;
  if (asked.includes(group.groupID)) return <p className="faint">{words.asked}</p>;
  const mustAsk = group.type === TYPES.GRP_PUBLIC && group.joinOption !== TYPES.JOIN_OPTIONS_FREE_ACCESS;
  return (
    <div className="actions">
      <Button aria-label={words.joinNamed(group.name)} onClick={() => void user.join(group.groupID)}>
        {mustAsk ? words.askToJoin : words.join}
      </Button>
    </div>
  );
}
