import { useState, type ReactNode } from "react";

import { PageHead } from "../../parts/page-head.tsx";
import { Segments } from "../../parts/segments.tsx";
import { useWords } from "../../i18n/words.ts";
import { keep, readKept } from "../../state/kept.ts";
import type { PageProps } from "../page-props.ts";
import { EndpointCharts } from "./endpoint-charts.tsx";
import { LiveList } from "./live-list.tsx";
import { ranges, rangeText, type Range } from "./ranges.ts";

/** Callbacks as they happen, and how the endpoint does over time. */
export function Live({ app }: PageProps): ReactNode {
  const words = useWords();
  const [range, setRange] = useState<Range>(ranges.find((known) => known === readKept("range")) ?? "15m");
  const choose = (next: Range): void => {
    keep("range", next);
    setRange(next);
  };
  return (
    <>
      <PageHead
        title={words.live}
        intro={words.liveIntro}
        actions={
          <Segments
            label={words.range}
            value={range}
            choices={ranges.map((value) => ({ value, label: rangeText(value, words) }))}
            onChange={choose}
          />
        }
      />
      <EndpointCharts sdkAppId={app.sdkAppId} range={range} />
      <LiveList key={app.sdkAppId} sdkAppId={app.sdkAppId} />
    </>
  );
}
