import { useState, type ReactNode } from "react";

import { call } from "../../api/call.ts";
import { countText } from "../../i18n/times.ts";
import { language, useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Confirmation } from "../../parts/confirmation.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { Link } from "../../route/link.tsx";
import { addressOf } from "../../route/location.ts";
import { useStore } from "../../state/store.ts";
import { useLoad } from "../../state/use-load.ts";
import { LifeView } from "./life/life-view.tsx";
import { MemberPanel } from "./member-panel.tsx";
import { ProfilePanel } from "./profile-panel.tsx";
import { TopicPanel } from "./topic-panel.tsx";

interface GroupPageProps {
  readonly sdkAppId: number;
  readonly groupId: string;
}

/** A group from inside, and its life; of one that is disbanded, its life alone. */
export function GroupPage({ sdkAppId, groupId }: GroupPageProps): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const path = { sdkAppId, groupId };
  const { data, error, reload } = useLoad("readGroup", { path }, 4_000);
  const [isAsking, setAsking] = useState(false);
  const isGone = error?.code === "not-found";
  const group = isGone ? undefined : data;
  return (
    <>
      <p className="back">
        <Link to={addressOf(sdkAppId, "groups")}>← {words.allGroups}</Link>
      </p>
      <PageHead
        title={group?.name ?? groupId}
        intro={
          <>
            {group && <span className="tag">{group.type}</span>}
            {isGone && <span className="badge dead">{words.groupGone}</span>}
            <span className="id">{groupId}</span>
            {group && <Time at={group.createTime * 1_000} isExact />}
          </>
        }
        actions={
          <>
            <Link to={addressOf(sdkAppId, "deliveries", undefined, { group: groupId })} className="button">
              {words.deliveries}
            </Link>
            {group && (
              <Button kind="danger" onClick={() => setAsking(true)}>
                {words.disband}
              </Button>
            )}
          </>
        }
      />
      {error && !isGone && <ProblemNote error={error} onRetry={reload} />}
      <LifeView sdkAppId={sdkAppId} groupId={groupId} />
      {group && (
        <div className="columns">
          <div className="stack">
            <MemberPanel sdkAppId={sdkAppId} groupId={groupId} count={group.members} />
            {group.type === "Community" && <TopicPanel sdkAppId={sdkAppId} groupId={groupId} count={group.topics} />}
          </div>
          <ProfilePanel group={group} />
        </div>
      )}
      {isAsking && group && (
        <Confirmation
          title={words.disbandTitle(group.name)}
          text={words.disbandText(countText(group.members, spoken))}
          confirm={words.disband}
          onConfirm={async () => {
            await call("disbandGroup", { path });
            say(words.disbanded(group.name));
          }}
          onClose={() => {
            setAsking(false);
            reload();
          }}
        />
      )}
    </>
  );
}
