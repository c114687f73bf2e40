import type { Told } from "./account.ts";
import type { RestAnswer, RestCall } from "./rest.ts";

/** The switches of the callbacks that histories cause. */
export const historySwitches = [
  "Group.CallbackAfterCreateGroup",
  "Group.CallbackAfterGroupInfoChanged",
  "Group.CallbackAfterGroupDestroyed",
];

/** What a callback of a history tells. */
export function whatOf(body: Readonly<Record<string, unknown>>): string {
  const [command, name] = [String(body["CallbackCommand"]), String(body["Name"])];
  // A disbanding tells the last name, which nobody need know who reads histories.
  return command.endsWith("Destroyed") ? command : `${command} ${name}`;
}

/** Groups that are created, renamed and disbanded, and what their clients were told of it. */
export interface GroupHistories {
  /** Goes on with the work, so many clients at a time, until it is `done` or the server does not answer any more. */
  live(rest: RestCall, clients: number, onAnswer: () => void): Promise<void>;
  /** Begins nothing new. */
  finish(): void;
  /** What each lane must hold. */
  told(): Told[];
}

/** What was asked for may have been done, or not: the group is left as it is. */
class UnknownOutcome extends Error {}

interface History {
  readonly groupId: string;
  readonly renames: number;
  asked: string[];
  acknowledged: number;
}

/**
 * Groups without end, until `finish`: each is created, renamed some times and disbanded. A client whose command has
 * an unknown outcome, because the server was killed, leaves that group as it is.
 * @param mayFail says of an answer whether it is one that is to be expected, and leaves the outcome open
 */
export function createGroupHistories(
  sdkAppId: number,
  random: () => number,
  mayFail: (answer: RestAnswer) => boolean = () => false,
): GroupHistories {
  const histories: History[] = [];
  let finished = false;

  async function liveThrough(history: History, rest: RestCall, onAnswer: () => void): Promise<void> {
    const { groupId: GroupId, renames } = history;
    const carryOut = async (what: string, command: string, body: object): Promise<void> => {
      history.asked.push(what);
      const answer = await rest(`group_open_http_svc/${command}`, { GroupId, ...body });
      if (mayFail(answer)) throw new UnknownOutcome();
      if (answer.ErrorCode !== 0) throw new Error(`${command} ${GroupId}: ${JSON.stringify(answer)}`);
      history.acknowledged += 1;
      onAnswer();
    };
    const [created, renamed, destroyed] = historySwitches;
    await carryOut(`${created} n0`, "create_group", { Type: "Public", Name: "n0" });
    for (let i = 1; i <= renames; i += 1) {
      await carryOut(`${renamed} n${i}`, "modify_group_base_info", { Name: `n${i}` });
    }
    await carryOut(String(destroyed), "destroy_group", {});
  }

  return {
    async live(rest, clients, onAnswer) {
      const client = async (): Promise<void> => {
        while (!finished) {
          const renames = Math.floor(random() * 5);
          const history = { groupId: `group-${histories.length}`, renames, asked: [], acknowledged: 0 };
          histories.push(history);
          try {
            await liveThrough(history, rest, onAnswer);
          } catch (error) {
            if (error instanceof UnknownOutcome) continue;
            // The server is dead: what was under way has an unknown outcome.
            if (!(error instanceof TypeError)) throw error;
            return;
          }
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
    },
    finish: () => void (finished = true),
    told: () => histories.map(({ groupId, asked, acknowledged }) => ({ sdkAppId, lane: groupId, asked, acknowledged })),
  };
}
