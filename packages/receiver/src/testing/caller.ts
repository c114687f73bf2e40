import { VERIFY_GROUP_ID, VERIFY_HEADER, type CallbackCommand } from "@muster/protocol";

import { exchange, type Exchange } from "./exchange.ts";
import { sampleCallback, type SampleOptions } from "./sample-callback.ts";

/** The backend that is checked, as its sender knows it. */
export interface Backend {
  readonly url: string;
  readonly sdkAppId: number;
  /** Absent where callbacks are not signed. */
  readonly token?: string | undefined;
}

/** What is different about a call. */
export interface Change extends Partial<SampleOptions> {
  readonly command?: CallbackCommand;
  /** Parameters of the query that are replaced, or left out where they are `undefined`. */
  readonly query?: Readonly<Record<string, string | undefined>>;
}

/** Calls a backend, rightly or with a change. */
export interface Caller {
  readonly backend: Backend;
  call(change?: Change): Promise<Exchange>;
  /** All that was called so far and what came of it. */
  readonly calls: readonly { readonly change: Change; readonly came: Exchange }[];
}

/** Calls about a group that cannot exist, marked as a try. @param patience how long an answer is waited for, in ms */
export function createCaller(backend: Backend, patience: number): Caller {
  const calls: { change: Change; came: Exchange }[] = [];

  async function call(change: Change = {}): Promise<Exchange> {
    const { command = "Group.CallbackAfterGroupDestroyed", query = {}, fields, ...options } = change;
    const sample = await sampleCallback(command, {
      ...backend,
      id: `muster-check-${crypto.randomUUID()}`,
      ...options,
      fields: { GroupId: VERIFY_GROUP_ID, ...fields },
    });
    const { "muster-sequence": _unnumbered, ...headers } = sample.headers;
    const came = await exchange(
      {
        method: "POST",
        url: withQuery(sample.url, query),
        headers: { ...headers, [VERIFY_HEADER]: "1" },
        body: sample.body,
      },
      patience,
    );
    calls.push({ change, came });
    return came;
  }

  return { backend, call, calls };
}

function withQuery(text: string, query: NonNullable<Change["query"]>): string {
  const url = new URL(text);
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}
