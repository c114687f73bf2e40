import { useState } from "react";

import { call, type AnswerOf, type ApiError } from "../../api/call.ts";
import { useLoad } from "../../state/use-load.ts";
import { usePages } from "../../state/use-pages.ts";
import { queryOf, type Filter } from "./delivery-filter.ts";

/** A delivery as it is listed. */
export type Delivery = AnswerOf<"listDeliveries">["deliveries"][number];

/** How often the newest are looked for again, in ms. */
const EVERY = 3_000;

/** The deliveries that fit: the newest, kept up to date, and as many pages before them as were asked for. */
export interface DeliveryPages {
  readonly deliveries: readonly Delivery[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
  loadMore(): void;
  reload(): void;
}

export function useDeliveryPages(sdkAppId: number, filter: Filter): DeliveryPages {
  const query = queryOf(sdkAppId, filter);
  const key = JSON.stringify(query);
  const [readOf, setReadOf] = useState<string>();
  // While older ones are looked at, the list does not move under the reader.
  const first = useLoad("listDeliveries", { query }, readOf === key ? undefined : EVERY);
  const { pages, more, forget, isLoading, error } = usePages(key, first.data);
  const next = pages.at(-1)?.next ?? null;
  return {
    deliveries: pages.flatMap((page) => page.deliveries),
    hasMore: next !== null,
    isLoading: (first.isLoading && !first.data) || isLoading,
    error: first.error ?? error,
    loadMore: () => {
      if (next === null) return;
      setReadOf(key);
      more(() => call("listDeliveries", { query: { ...query, before: next } }));
    },
    reload: () => {
      setReadOf(undefined);
      forget();
      first.reload();
    },
  };
}
