import type { Words } from "../../../i18n/translation.ts";
import { shortCommand } from "../../deliveries/delivery-words.ts";
import type { CallbackBody, LifeEvent } from "./life-event.ts";

/** Most ids that a sentence lists. */
const MOST_LISTED = 3;

/** What happened, in a few words. */
export function lifeText({ command, body }: LifeEvent, words: Words): string {
  const who =
    body.Operator_Account === undefined || body.Operator_Account === "" ? words.somebody : body.Operator_Account;
  const list = (accounts: CallbackBody["MemberList"]): string =>
    listed((accounts ?? []).map(({ Member_Account }) => Member_Account));
  switch (command) {
    case "Group.CallbackAfterCreateGroup":
      return words.lifeCreated(who, body.Name ?? "");
    case "Group.CallbackAfterNewMemberJoin":
      return words.lifeJoined(list(body.NewMemberList));
    case "Group.CallbackAfterMemberExit":
      return body.ExitType === "Kicked"
        ? words.lifeRemoved(who, list(body.ExitMemberList))
        : words.lifeLeft(list(body.ExitMemberList));
    case "Group.CallbackAfterGroupDestroyed":
      return words.lifeDisbanded;
    case "Group.CallbackAfterGroupInfoChanged":
      return words.lifeChanged(who);
    case "Group.CallbackAfterMemberFieldChanged":
      return words.lifeMemberChanged(who, body.Member_Account ?? "");
    case "Group.CallbackAfterGroupAttrChanged":
      return words.lifeAttributesChanged(who);
    case "Group.CallbackAfterChangeGroupOwner":
      return words.lifeOwnerChanged(who, body.NewOwner_Account ?? "");
    case "Group.CallbackAfterCreateTopic":
      return words.lifeTopicCreated(who, body.Name ?? "");
    case "Group.CallbackAfterTopicDestroyed":
      return words.lifeTopicsDeleted(body.TopicIdList?.length ?? 0);
    case "Group.CallbackAfterTopicInfoChanged":
      return words.lifeTopicChanged(who);
    case "Group.CallbackAfterGroupFull":
      return words.lifeFull;
    default:
      return shortCommand(command);
  }
}

function listed(ids: readonly string[]): string {
  const rest = ids.length - MOST_LISTED;
  return ids.slice(0, MOST_LISTED).join(", ") + (rest > 0 ? ` + ${rest}` : "");
}
