import { lazy, Suspense, useEffect, type ReactNode } from "react";

import { useWords } from "../i18n/words.ts";
import { ProblemNote } from "../parts/problem-note.tsx";
import { addressOf, go, usePlace, type Page } from "../route/location.ts";
import { keep, readKept } from "../state/kept.ts";
import { useLoad } from "../state/use-load.ts";
import { FailureWall } from "./failure-wall.tsx";
import type { PageProps } from "../pages/page-props.ts";
import { NewApp } from "../pages/settings/new-app.tsx";
import { Navigation } from "./navigation.tsx";
import { startPageOf } from "./start-page.ts";

const views: Readonly<Record<Page, (props: PageProps) => ReactNode>> = {
  playground: page(() =>
    import("../pages/playground/load-playground.ts").then(({ loadPlayground }) => loadPlayground()),
  ),
  live: page(() => import("../pages/live/live.tsx").then(({ Live }) => Live)),
  deliveries: page(() => import("../pages/deliveries/deliveries.tsx").then(({ Deliveries }) => Deliveries)),
  settings: page(() => import("../pages/settings/settings.tsx").then(({ AppSettings }) => AppSettings)),
  groups: page(() => import("../pages/groups/groups.tsx").then(({ Groups }) => Groups)),
};

/** A page that is fetched when somebody opens it. */
function page(load: () => Promise<(props: PageProps) => ReactNode>): (props: PageProps) => ReactNode {
  const Loaded = lazy(async () => ({ default: await load() }));
  return (props) => <Loaded {...props} />;
}

/** What somebody sees who is signed in: the navigation and one page. */
export function SignedIn(): ReactNode {
  const words = useWords();
  const place = usePlace();
  const { data, error, reload } = useLoad("listApps", {});
  const apps = data?.apps;
  const app = apps?.find(({ sdkAppId }) => sdkAppId === place.sdkAppId);
  const [first] = apps ?? [];

  useEffect(() => {
    if (!first) return undefined;
    if (place.sdkAppId !== undefined && place.page !== undefined) {
      keep("app", String(place.sdkAppId));
      return undefined;
    }
    const last = apps?.find(({ sdkAppId }) => String(sdkAppId) === readKept("app")) ?? first;
    const sdkAppId = place.sdkAppId ?? last.sdkAppId;
    let isThere = true;
    void startPageOf(sdkAppId).then((start) => isThere && go(addressOf(sdkAppId, start), "replace"));
    return () => {
      isThere = false;
    };
  }, [first, apps, place]);

  const View = place.page && views[place.page];
  const failed = <p className="note failed">{words.somethingFailed}</p>;
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {words.skipToContent}
      </a>
      <Navigation apps={apps ?? []} app={app} page={place.page} />
      <main id="content" tabIndex={-1}>
        {error && !data && <ProblemNote error={error} onRetry={reload} />}
        {apps?.length === 0 && (
          <div className="note">
            <p>{words.noApps}</p>
            <NewApp onMade={reload} />
          </div>
        )}
        {apps && !app && place.sdkAppId !== undefined && <p className="note">{words.noSuchApp(place.sdkAppId)}</p>}
        {app && View && (
          <FailureWall key={`${app.sdkAppId}/${place.page}`} instead={failed}>
            <Suspense fallback={<p className="loading">{words.loading}</p>}>
              <View app={app} onAppChanged={reload} />
            </Suspense>
          </FailureWall>
        )}
      </main>
    </div>
  );
}
