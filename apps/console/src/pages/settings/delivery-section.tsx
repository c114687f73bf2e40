import type { ReactNode } from "react";

import type { AppView } from "../../api/app-view.ts";
import { useWords } from "../../i18n/words.ts";
import { SelectField, TextField } from "../../parts/field.tsx";
import { listOf } from "./lines.ts";
import { numberProblem } from "./number-problem.ts";
import { SectionCard } from "./section-card.tsx";
import { useSection } from "./use-section.ts";
import type { AppPatch, Settings } from "./use-settings.ts";

type Retry = "standard" | "tencent" | "none" | "own";

interface Values {
  readonly retry: Retry;
  readonly delays: string;
  readonly beforeTimeout: "allow" | "refuse";
  readonly concurrency: string;
  readonly rate: string;
}

/** What happens when the backend does not answer as it should, and how much it is sent at a time. */
export function DeliverySection({ settings }: { readonly settings: Settings }): ReactNode {
  const words = useWords();
  const section = useSection<Values>(settings, {
    name: "delivery",
    read: valuesOf,
    patch: patchOf,
    paths: ["callback.retry", "callback.beforeTimeout", "callback.concurrency", "callback.rate"],
    check: ({ retry, delays, concurrency, rate }) => [
      ...(retry === "own" ? listOf(delays).flatMap((delay) => numberProblem("callback.retry", delay, words)) : []),
      ...numberProblem("callback.concurrency", concurrency, words),
      ...numberProblem("callback.rate", rate, words),
    ],
  });
  const { values, edit, problemAt } = section;
  return (
    <SectionCard title={words.deliveryTitle} hint={words.deliveryHint} section={section}>
      <SelectField
        label={words.retry}
        problem={values.retry === "own" ? undefined : problemAt("callback.retry")}
        value={values.retry}
        choices={[
          { value: "standard", label: words.retryStandard },
          { value: "tencent", label: words.retryTencent },
          { value: "none", label: words.retryNone },
          { value: "own", label: words.retryOwn },
        ]}
        onChange={(retry) => edit({ retry })}
      />
      {values.retry === "own" && (
        <TextField
          label={words.delays}
          hint={words.delaysHint}
          problem={problemAt("callback.retry")}
          value={values.delays}
          onChange={(delays) => edit({ delays })}
        />
      )}
      <SelectField
        label={words.beforeTimeout}
        problem={problemAt("callback.beforeTimeout")}
        value={values.beforeTimeout}
        choices={[
          { value: "allow", label: words.beforeAllow },
          { value: "refuse", label: words.beforeRefuse },
        ]}
        onChange={(beforeTimeout) => edit({ beforeTimeout })}
      />
      <div className="fields">
        <TextField
          label={words.concurrency}
          problem={problemAt("callback.concurrency")}
          inputMode="numeric"
          value={values.concurrency}
          onChange={(concurrency) => edit({ concurrency })}
        />
        <TextField
          label={words.rateLabel}
          hint={words.rateHint}
          problem={problemAt("callback.rate")}
          inputMode="numeric"
          value={values.rate}
          onChange={(rate) => edit({ rate })}
        />
      </div>
    </SectionCard>
  );
}

function valuesOf({ settings: { callback } }: AppView): Values {
  const { retry = "standard", beforeTimeout = "allow", concurrency = 64, rate } = callback ?? {};
  const isOwn = typeof retry !== "string";
  return {
    retry: isOwn ? "own" : retry,
    delays: isOwn ? retry.join(", ") : "",
    beforeTimeout,
    concurrency: String(concurrency),
    rate: rate === undefined ? "" : String(rate),
  };
}

function patchOf(edits: Partial<Values>, { retry, delays, beforeTimeout, concurrency, rate }: Values): AppPatch {
  const isRetry = edits.retry !== undefined || edits.delays !== undefined;
  return {
    callback: {
      ...(isRetry && { retry: retry === "own" ? listOf(delays).map(Number) : retry }),
      ...(edits.beforeTimeout !== undefined && { beforeTimeout }),
      ...(edits.concurrency !== undefined && { concurrency: concurrency === "" ? null : Number(concurrency) }),
      ...(edits.rate !== undefined && { rate: rate === "" ? null : Number(rate) }),
    },
  };
}
