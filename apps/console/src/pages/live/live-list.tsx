import { useState, type ReactNode } from "react";

import { callbacks } from "../../api/callbacks.ts";
import { clockText, countText, durationText } from "../../i18n/times.ts";
import { language, useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { Segments } from "../../parts/segments.tsx";
import { VirtualRows } from "../../parts/virtual-rows.tsx";
import { Link } from "../../route/link.tsx";
import { addressOf } from "../../route/location.ts";
import { useStore } from "../../state/store.ts";
import { outcomeText, shortCommand, stateText } from "../deliveries/delivery-words.ts";
import { useLiveStream, type LiveDelivery, type LiveStream } from "./use-live-stream.ts";

const ROW_HEIGHT = 36;
const ROWS_IN_VIEW = 14;

type Command = (typeof callbacks)[number]["command"];

/** Attempts as they are made: to be filtered, to be held, and each to be opened. */
export function LiveList({ sdkAppId }: { readonly sdkAppId: number }): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const [verdict, setVerdict] = useState<"" | "delivered" | "failed">("");
  const [command, setCommand] = useState<"" | Command>("");
  const [group, setGroup] = useState("");
  const [held, setHeld] = useState<LiveStream>();
  const stream = useLiveStream({
    sdkAppId,
    ...(verdict !== "" && { verdict }),
    ...(command !== "" && { command }),
    ...(group !== "" && { groupId: group }),
  });
  const { deliveries, total, shown, isOpen } = held ?? stream;
  const { refusal } = stream;
  const groupProblem = refusal?.problems.find(({ path }) => path === "groupId")?.message;

  return (
    <section className="panel live" aria-labelledby="live-list" aria-busy={!isOpen}>
      <div className="live-head">
        <h2 id="live-list">{words.deliveries}</h2>
        <Segments
          label={words.state}
          value={verdict}
          choices={[
            { value: "", label: words.anyState },
            { value: "delivered", label: words.stateDelivered },
            { value: "failed", label: words.failed },
          ]}
          onChange={setVerdict}
        />
        <Button aria-pressed={held !== undefined} onClick={() => setHeld(held ? undefined : stream)}>
          {held ? words.resume : words.pause}
        </Button>
      </div>
      <div className="fields">
        <SelectField<"" | Command>
          label={words.command}
          value={command}
          choices={[
            { value: "", label: words.anyCommand },
            ...callbacks.map((row) => ({ value: row.command, label: shortCommand(row.command) })),
          ]}
          onChange={setCommand}
        />
        <TextField label={words.groupId} problem={groupProblem} value={group} onChange={setGroup} />
      </div>
      {refusal && groupProblem === undefined && (
        <p className="note failed" role="alert">
          {refusal.message}
        </p>
      )}
      <p className="faint" role="note">
        {held && `${words.paused}. `}
        {shown < total && words.sampled(countText(shown, spoken), countText(total, spoken))}
      </p>
      {deliveries.length === 0 ? (
        <p className="empty">{isOpen ? words.waitingForCallbacks : words.connecting}</p>
      ) : (
        <VirtualRows
          label={words.live}
          rows={deliveries}
          rowHeight={ROW_HEIGHT}
          inView={ROWS_IN_VIEW}
          keyOf={({ key }) => key}
          render={(delivery) => <Row delivery={delivery} sdkAppId={sdkAppId} />}
          // Rows that move under the eye cannot be read: who scrolls down wants them to stay.
          onAtTop={(isAtTop) => {
            if (!isAtTop && !held) setHeld(stream);
          }}
        />
      )}
    </section>
  );
}

function Row({ delivery, sdkAppId }: { readonly delivery: LiveDelivery; readonly sdkAppId: number }): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const { position, startedAt, state, outcome, command, groupId, durationMs, attempt, status } = delivery;
  const kind = outcome === "delivered" ? "delivered" : state;
  return (
    <Link to={addressOf(sdkAppId, "deliveries", position)} className="live-row">
      <span className="faint">{clockText(startedAt, spoken)}</span>
      <span className={`badge ${kind}`}>{stateText(kind, words)}</span>
      <strong>{shortCommand(command)}</strong>
      <span className="id">{groupId ?? words.noGroup}</span>
      <span className="faint why">
        {outcome !== "delivered" && outcomeText(outcome, words)}
        {status !== undefined && status !== 200 && ` (${status})`}
        {attempt > 1 && ` · ${words.attempt(attempt)}`}
      </span>
      <span className="took">{durationText(durationMs)}</span>
    </Link>
  );
}
