import { useState, type ReactNode } from "react";

import type { AppView } from "../../api/app-view.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { addressOf, go, usePlace } from "../../route/location.ts";
import { readFilter, type Filter } from "./delivery-filter.ts";
import { DeliveryTable } from "./delivery-table.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { ReplayAllDead } from "./replay-all-dead.tsx";
import { ReplaySelection } from "./replay-selection.tsx";
import { useDeliveryPages } from "./use-delivery-pages.ts";

/** Deliveries by group, command, state, time and id, and replays of them. */
export function DeliverySearch({ app }: { readonly app: AppView }): ReactNode {
  const words = useWords();
  const { query } = usePlace();
  const filter = readFilter(query);
  const pages = useDeliveryPages(app.sdkAppId, filter);
  const [selection, setSelection] = useState<ReadonlySet<number>>(new Set());
  const isFiltered = Object.values(filter).some((value) => value !== "");

  const search = (next: Filter): void => {
    setSelection(new Set());
    go(addressOf(app.sdkAppId, "deliveries", undefined, { ...next }));
  };

  return (
    <>
      <PageHead
        title={words.deliveries}
        intro={words.deliveriesIntro}
        actions={<ReplayAllDead app={app} onDone={pages.reload} />}
      />
      <FilterBar key={query.toString()} filter={filter} problems={pages.error?.problems ?? []} onSearch={search} />
      {pages.error && pages.error.code !== "invalid" && <ProblemNote error={pages.error} onRetry={pages.reload} />}
      {selection.size > 0 && (
        <ReplaySelection
          positions={selection}
          onDone={() => {
            setSelection(new Set());
            pages.reload();
          }}
        />
      )}
      <DeliveryTable
        deliveries={pages.deliveries}
        sdkAppId={app.sdkAppId}
        selection={selection}
        onSelect={setSelection}
        isLoading={pages.isLoading}
        empty={isFiltered ? words.noDeliveries : words.noDeliveriesYet}
      />
      {pages.hasMore && (
        <Button onClick={pages.loadMore} isBusy={pages.isLoading}>
          {pages.deliveries.length === 0 ? words.lookFurther : words.loadMore}
        </Button>
      )}
    </>
  );
}
