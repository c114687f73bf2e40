import { randomUUID } from "node:crypto";

import { fromStored, statement, type Clock, type Logger, type Postgres } from "@muster/foundation";
import type { NoticeFrame } from "@muster/protocol";

import type { NewNotice, Notice } from "../../ports/notice-log.ts";
import type { DeliveringNode } from "./node.ts";
import { tellAll } from "./tell-all.ts";

/** Notices of apps were committed: the apps. */
export const TOLD = "muster_told";

/** What is committed gathers for so long, in ms, before other nodes are told. */
const GATHER = 20;
/** How often it is looked for what nobody was told of, in ms. */
const POLL = 5_000;
/** Most notices that are read in one go. */
const PIECE = 500;

const listeners = statement("SELECT app, since, heard_at FROM listener");
const behind = statement(
  `SELECT head.app FROM unnest($1::bigint[], $2::bigint[]) AS told (app, position)
   JOIN notice_head AS head USING (app) WHERE head.last > told.position`,
);
const heads = statement("SELECT head.app, head.last FROM notice_head AS head JOIN listener USING (app)");
const after = statement(
  `SELECT position, change, group_id, audience, frame, at, origin,
     ARRAY(SELECT user_id FROM notice_user WHERE notice_user.app = $1 AND notice_user.position = notice.position) AS users
   FROM notice WHERE app = $1 AND position > $2 ORDER BY position LIMIT ${PIECE}`,
);

interface NoticeRow {
  readonly position: number;
  readonly change: number;
  readonly group_id: string;
  readonly audience: NewNotice["audience"];
  readonly frame: string;
  readonly at: number;
  readonly origin: string;
  readonly users: readonly string[];
}

/** Apps that are listened to, and when that was last noted, in ms since 1970. */
export type Listeners = Map<number, number>;

/** What an app's users here were told of last. */
interface Stand {
  told: number;
  reading: Promise<void>;
}

/**
 * What all nodes commit, in the order of its positions: commits on several connections, and on several nodes, are heard
 * of in any order, and a device that was told of one takes none that comes before it. So what does not follow upon the
 * last is read from the log, where nothing is missing up to what can be read.
 */
export interface NoticeFeed {
  /** Names this node in what it writes. */
  readonly origin: string;
  /** The apps that are listened to, as far as this node knows. */
  readonly heard: Listeners;
  onCommitted(listener: (added: readonly Notice[]) => void): void;
  /** This node has committed notices of an app; resolves once those who listen know. */
  committed(app: number, own: readonly Notice[]): Promise<void>;
  /** An app is listened to from now on: nodes keep its notices. */
  begin(app: number, heardAt: number): Promise<void>;
  stop(): void;
}

export interface NoticeFeedPorts {
  readonly db: Postgres;
  readonly node: DeliveringNode;
  readonly clock: Clock;
  readonly log: Logger;
}

export async function openNoticeFeed({ db, node, clock, log }: NoticeFeedPorts): Promise<NoticeFeed> {
  const origin = randomUUID();
  const heard: Listeners = new Map();
  const stands = new Map<number, Stand>();
  const onTold: ((added: readonly Notice[]) => void)[] = [];
  let due = new Set<number>();
  let callOff = (): void => undefined;

  function follow(app: number, told: number): Stand {
    const stand = stands.get(app) ?? { told, reading: Promise.resolve() };
    stands.set(app, stand);
    return stand;
  }

  function hand(stand: Stand, added: readonly Notice[]): void {
    stand.told = added.at(-1)?.position ?? stand.told;
    if (added.length > 0) for (const listener of onTold) listener(added);
  }

  /** Reads on, one after the other, until nothing is left. */
  function readOn(app: number, stand: Stand): Promise<void> {
    const read = async (): Promise<void> => {
      for (;;) {
        const rows = await db.all<NoticeRow>(after, app, stand.told);
        // Some may have been handed over while they were being read.
        const left = rows.filter(({ position }) => position > stand.told);
        hand(
          stand,
          left.map((row) => toNotice(app, row, row.origin !== origin)),
        );
        if (rows.length < PIECE) return;
      }
    };
    stand.reading = stand.reading.then(read, read);
    return stand.reading;
  }

  /** Who listens, also to what other nodes have begun to keep. */
  async function learn(): Promise<void> {
    for (const { app, since, heard_at } of await db.all<{ app: number; since: number; heard_at: number }>(listeners)) {
      heard.set(app, Math.max(heard.get(app) ?? 0, heard_at));
      follow(app, since);
    }
  }

  async function catchUp(): Promise<void> {
    await learn();
    const followed = [...stands];
    const rows = await db.all<{ app: number }>(
      behind,
      followed.map(([app]) => app),
      followed.map(([, { told }]) => told),
    );
    await Promise.all(rows.map(({ app }) => readOn(app, follow(app, 0))));
  }

  function lookUp(what: Promise<void>): void {
    what.catch((error: unknown) => log.warn({ err: error }, "what other nodes tell cannot be read; trying again"));
  }

  function poll(): void {
    callOff = clock.after(POLL, () => {
      lookUp(catchUp());
      poll();
    });
  }

  function tellOthers(app: number): void {
    if (due.size === 0) {
      clock.after(GATHER, () => {
        tellAll(node, TOLD, due);
        due = new Set();
      });
    }
    due.add(app);
  }

  node.onTold(TOLD, (payload) => {
    const apps = payload.split(" ").map(Number);
    if (apps.every((app) => stands.has(app))) for (const app of apps) lookUp(readOn(app, follow(app, 0)));
    else lookUp(catchUp());
  });
  await learn();
  // What was told before this node was there is for those who ask what they missed.
  for (const { app, last } of await db.all<{ app: number; last: number }>(heads)) follow(app, last).told = last;
  poll();

  return {
    origin,
    heard,
    onCommitted: (listener) => void onTold.push(listener),
    async committed(app, own) {
      const [head, last] = [own[0], own.at(-1)];
      if (!head || !last) return;
      const stand = follow(app, head.position - 1);
      tellOthers(app);
      if (head.position === stand.told + 1 && last.position === stand.told + own.length) {
        hand(stand, own);
        return;
      }
      try {
        while (stand.told < last.position) await readOn(app, stand);
      } catch (error) {
        // It is committed, and that is what the writer must know; the next look tells the others.
        log.warn({ err: error }, "what was committed cannot be read; trying again");
      }
    },
    async begin(app, heardAt) {
      const isNew = !heard.has(app);
      heard.set(app, heardAt);
      if (!isNew) return;
      await learn();
      tellOthers(app);
    },
    stop: () => callOff(),
  };
}

function toNotice(app: number, row: NoticeRow, isElsewhere: boolean): Notice {
  const { position, change, group_id: groupId, audience, frame, at, users } = row;
  return {
    sdkAppId: app,
    position,
    change,
    groupId,
    audience,
    users: users.map(fromStored),
    frame: JSON.parse(frame) as NoticeFrame,
    at,
    ...(isElsewhere ? { elsewhere: true } : {}),
  };
}
