import type { ReactNode } from "react";

import type { AppView } from "../../api/app-view.ts";
import { useWords } from "../../i18n/words.ts";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Link } from "../../route/link.tsx";
import { addressOf } from "../../route/location.ts";
import { useLoad } from "../../state/use-load.ts";
import { SentCallback } from "./sent-callback.tsx";

/** How often it is looked what was sent, in ms, and how much of it is shown. */
const EVERY = 700;
const SHOWN = 12;

/** What an app's backend is sent, as it happens. */
export function BackendPanel({ app }: { readonly app: AppView }): ReactNode {
  const words = useWords();
  const { sdkAppId } = app;
  const { data, error, reload } = useLoad("listDeliveries", { query: { sdkAppId, limit: SHOWN } }, EVERY);
  const { callback } = app.settings;
  const lack = callback ? (callback.switches.length === 0 ? words.noSwitches : undefined) : words.noCallbackUrl;
  return (
    <section className="backend" aria-labelledby="backend">
      <header>
        <h2 id="backend">{words.backendTitle}</h2>
        <p className="hint">{words.backendHint}</p>
        {callback && (
          <p className="hint">
            {words.postedTo} <code>{callback.url}</code>
          </p>
        )}
      </header>
      {lack !== undefined && (
        <div className="note">
          <p>{lack}</p>
          <Link to={addressOf(sdkAppId, "settings")}>{words.openSettings}</Link>
        </div>
      )}
      {error && <ProblemNote error={error} onRetry={reload} />}
      {data?.deliveries.length === 0 && lack === undefined && <p className="empty">{words.backendNothing}</p>}
      <ol className="sent">
        {data?.deliveries.map((delivery) => (
          <SentCallback key={delivery.position} delivery={delivery} />
        ))}
      </ol>
    </section>
  );
}
