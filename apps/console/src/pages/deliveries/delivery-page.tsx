import { useState, type ReactNode } from "react";

import { call } from "../../api/call.ts";
import type { AppView } from "../../api/app-view.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { Link } from "../../route/link.tsx";
import { addressOf } from "../../route/location.ts";
import { useLoad } from "../../state/use-load.ts";
import { AttemptList } from "./attempt-list.tsx";
import { curlText } from "./curl-text.ts";
import { shortCommand } from "./delivery-words.ts";
import { RequestView } from "./request-view.tsx";
import { StateBadge } from "./state-badge.tsx";

/** How often it is looked what became of it, in ms. */
const EVERY = 1_500;

interface DeliveryPageProps {
  readonly app: AppView;
  readonly position: number;
}

/** One delivery: the request exactly as it is sent, and every attempt. */
export function DeliveryPage({ app, position }: DeliveryPageProps): ReactNode {
  const words = useWords();
  const { data, error, reload } = useLoad("readDelivery", { path: { position } }, EVERY);
  const [isBusy, setBusy] = useState(false);

  async function replay(): Promise<void> {
    setBusy(true);
    try {
      const { queued } = await call("replayDelivery", { path: { position } });
      say(queued > 0 ? words.replayQueued : words.replayWaiting);
    } catch (failure) {
      say(failure instanceof Error ? failure.message : String(failure), "failed");
    }
    setBusy(false);
    reload();
  }

  const back = <Link to={addressOf(app.sdkAppId, "deliveries")}>← {words.backToDeliveries}</Link>;
  if (!data) return error ? <ProblemNote error={error} onRetry={reload} /> : <p className="loading">{words.loading}</p>;

  const { callback } = app.settings;
  const curl = curlText(callback?.url ?? "$URL", data.request, app.secrets.token !== undefined);
  return (
    <>
      <p className="back">{back}</p>
      <PageHead
        title={shortCommand(data.command)}
        intro={
          <>
            <StateBadge state={data.state} />
            <span>
              {data.groupId ?? words.noGroup} · {words.number} {data.sequence}
            </span>
            <Time at={data.acceptedAt} isExact />
          </>
        }
        actions={
          <>
            <CopyButton text={curl} label={words.copyAsCurl} />
            {data.replayOf === undefined && (
              <Button kind="primary" isBusy={isBusy} disabled={data.state === "pending"} onClick={() => void replay()}>
                {words.replay}
              </Button>
            )}
          </>
        }
      />
      <dl className="facts">
        <dt>{words.webhookId}</dt>
        <dd className="id">{data.id}</dd>
        {data.retryAt !== undefined && (
          <>
            <dt>{words.nextTry}</dt>
            <dd>
              <Time at={data.retryAt} />
            </dd>
          </>
        )}
        {data.givenUpAt !== undefined && (
          <>
            <dt>{words.givenUp}</dt>
            <dd>
              <Time at={data.givenUpAt} isExact />
            </dd>
          </>
        )}
        {data.replayOf !== undefined && (
          <>
            <dt>{words.replayOf}</dt>
            <dd>
              <Link to={addressOf(app.sdkAppId, "deliveries", data.replayOf)}>{data.replayOf}</Link>
            </dd>
          </>
        )}
        {data.replays.length > 0 && (
          <>
            <dt>{words.replays}</dt>
            <dd className="replays">
              {data.replays.map((one) => (
                <Link key={one.position} to={addressOf(app.sdkAppId, "deliveries", one.position)}>
                  <StateBadge state={one.state} /> <Time at={one.acceptedAt} />
                </Link>
              ))}
            </dd>
          </>
        )}
      </dl>
      <div className="columns">
        <AttemptList attempts={data.attempts} />
        <RequestView url={callback?.url ?? ""} request={data.request} />
      </div>
    </>
  );
}
