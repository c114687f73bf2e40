import { useState } from "react";

import { ApiError, call, type AnswerOf } from "../../api/call.ts";
import { useLoad } from "../../state/use-load.ts";
import { queryOf, type Filter } from "./delivery-filter.ts";

type Page = AnswerOf<"listDeliveries">;
/** A delivery as it is listed. */
export type Delivery = Page["deliveries"][number];

/** How often the newest are looked for again, in ms. */
const EVERY = 5_000;

/** The deliveries that fit: the newest, kept up to date, and as many pages before them as were asked for. */
export interface DeliveryPages {
  readonly deliveries: readonly Delivery[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
  loadMore(): void;
  reload(): void;
}

interface Older {
  readonly key: string;
  readonly pages: readonly Page[];
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
}

export function useDeliveryPages(sdkAppId: number, filter: Filter): DeliveryPages {
  const query = queryOf(sdkAppId, filter);
  const key = JSON.stringify(query);
  const nothing: Older = { key, pages: [], isLoading: false, error: undefined };
  const [kept, setOlder] = useState<Older>(nothing);
  const older = kept.key === key ? kept : nothing;
  // While older ones are looked at, the list does not move under the reader.
  const first = useLoad("listDeliveries", { query }, older.pages.length === 0 ? EVERY : undefined);
  const all = first.data ? [first.data, ...older.pages] : [];
  const next = all.at(-1)?.next ?? null;

  async function loadMore(before: number): Promise<void> {
    setOlder({ ...older, isLoading: true, error: undefined });
    try {
      const page = await call("listDeliveries", { query: { ...query, before } });
      setOlder({ key, pages: [...older.pages, page], isLoading: false, error: undefined });
    } catch (error) {
      const told = error instanceof ApiError ? error : new ApiError("internal", String(error));
      setOlder({ ...older, isLoading: false, error: told });
    }
  }

  return {
    deliveries: all.flatMap((page) => page.deliveries),
    hasMore: next !== null,
    isLoading: (first.isLoading && !first.data) || older.isLoading,
    error: first.error ?? older.error,
    loadMore: () => {
      if (next !== null) void loadMore(next);
    },
    reload: () => {
      setOlder(nothing);
      first.reload();
    },
  };
}
