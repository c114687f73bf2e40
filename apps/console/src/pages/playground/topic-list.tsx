import { TYPES } from "@muster/client";
import { useState, type FormEvent, type ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import type { AppUser, HeldGroup } from "./app-user.ts";

/** A community's topics, for its owner and admins to add to and take from. */
export function TopicList({ user, group }: { readonly user: AppUser; readonly group: HeldGroup }): ReactNode {
  const words = useWords();
  const [topicName, setTopicName] = useState("");
  const { groupID, topics, selfInfo } = group;
  const isInCharge = selfInfo !== undefined && selfInfo.role !== TYPES.GRP_MBR_ROLE_MEMBER;

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (topicName === "") return;
    if (await user.act((client) => client.createTopicInCommunity({ groupID, topicName }))) setTopicName("");
  }

  if (topics.length === 0 && !isInCharge) return null;
  return (
    <div className="topics">
      {topics.length > 0 && (
        <ul aria-label={words.topics}>
          {topics.map((topic) => (
            <li key={topic.topicID} className="topic" title={topic.topicID}>
              # {topic.topicName}
              {isInCharge && (
                <button
                  type="button"
                  aria-label={words.deleteTopic(topic.topicName)}
                  onClick={() =>
                    void user.act((client) =>
                      client.deleteTopicFromCommunity({ groupID, topicIDList: [topic.topicID] }),
                    )
                  }
                >
                  ×
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {isInCharge && (
        <form onSubmit={(event) => void add(event)}>
          <input
            aria-label={words.topicName}
            placeholder={words.topicName}
            value={topicName}
            autoComplete="off"
            onChange={(event) => setTopicName(event.target.value)}
          />
          <Button type="submit">{words.addTopic}</Button>
        </form>
      )}
    </div>
  );
}
