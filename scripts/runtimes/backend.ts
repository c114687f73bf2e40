import { allow, createReceiver, refuse, type Receiver, type WorkInbox } from "@muster/receiver";

/** An inbox on trial, and the table that handlers write to. */
export interface Trial<Tx> {
  readonly inbox: WorkInbox<Tx>;
  /** Whether what a handler wrote before it failed is undone. */
  readonly undoes: boolean;
  readonly write: (tx: Tx, text: string) => void | Promise<void>;
  readonly written: () => readonly string[] | Promise<readonly string[]>;
}

/** What a backend has done. */
export interface Done {
  /** Group, number and whether it was late, of every callback that is in effect, in order. */
  readonly written: readonly string[];
  /** The numbers that were missing. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
  readonly deadLetters: number;
}

export interface Backend {
  readonly receiver: Receiver;
  /** Answers what is asked beside the callbacks; `undefined` where the path is theirs. */
  asked(path: string): Promise<unknown>;
}

/** The app whose callbacks it receives. */
export const app = { sdkAppId: 1400000001, token: "the token that both sides know" } as const;

/** Names of groups that have their handler fail: so often, or until it is mended. */
export const FAILS_ONCE = "fails once";
export const FAILS = "fails until it is mended";
/** In ms: long enough for what is only overtaken. */
const GAP_WAIT = 3_000;

/** An app backend as on any runtime, that tells at `/done` what it has done, and mends its handler at `/mend`. */
export function createBackend<Tx>({ inbox, undoes, write, written }: Trial<Tx>): Backend {
  const gaps: (readonly [number, number])[] = [];
  let isMended = false;

  const receiver = createReceiver<Tx>({
    apps: [{ sdkAppId: app.sdkAppId, tokens: [app.token] }],
    inbox,
    gapWait: GAP_WAIT,
    retries: { attempts: 2, firstDelay: 10 },
    onGap: ({ missing }) => void gaps.push(missing),
  })
    .on("Group.CallbackAfterCreateGroup", async ({ groupId, sequence, late, name }, { tx, attempt }) => {
      const fail = (): void => {
        if ((name === FAILS_ONCE && attempt === 1) || (name === FAILS && !isMended)) throw new Error(name);
      };
      if (!undoes) fail();
      await write(tx, `${groupId} ${sequence}${late ? " late" : ""}`);
      fail();
    })
    .before("Group.CallbackBeforeCreateGroup", ({ name }) => (name === "admin" ? refuse(10101, "Taken.") : allow()))
    .fallback(() => {});

  async function done(): Promise<Done> {
    const { letters } = await receiver.deadLetters();
    return { written: await written(), gaps, deadLetters: letters.length };
  }

  return {
    receiver,
    async asked(path) {
      if (path === "/done") return await done();
      if (path !== "/mend") return undefined;
      isMended = true;
      return await receiver.retryAll();
    },
  };
}
