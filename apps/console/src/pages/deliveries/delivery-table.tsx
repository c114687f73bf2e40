import type { ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { Time } from "../../parts/time.tsx";
import { Link } from "../../route/link.tsx";
import { addressOf } from "../../route/location.ts";
import { outcomeText, shortCommand } from "./delivery-words.ts";
import { StateBadge } from "./state-badge.tsx";
import type { Delivery } from "./use-delivery-pages.ts";

interface DeliveryTableProps {
  readonly deliveries: readonly Delivery[];
  readonly sdkAppId: number;
  readonly selection: ReadonlySet<number>;
  readonly onSelect: (selection: ReadonlySet<number>) => void;
  readonly isLoading: boolean;
  /** What is said where there is none. */
  readonly empty: string;
}

/** Deliveries in rows, each to be opened or selected. */
export function DeliveryTable(props: DeliveryTableProps): ReactNode {
  const { deliveries, sdkAppId, selection, onSelect, isLoading, empty } = props;
  const words = useWords();
  // A replay is not replayed, its original is; what is pending comes anyway.
  const replayable = deliveries.filter(isReplayable);
  const areAll = replayable.length > 0 && replayable.every(({ position }) => selection.has(position));
  const toggle = (position: number): void => {
    const next = new Set(selection);
    if (!next.delete(position)) next.add(position);
    onSelect(next);
  };
  if (deliveries.length === 0) return <p className="empty">{isLoading ? words.loading : empty}</p>;
  return (
    <section className="table-frame" aria-label={words.deliveries} tabIndex={0}>
      <table className="deliveries">
        <thead>
          <tr>
            <th scope="col" className="tick">
              <input
                type="checkbox"
                aria-label={words.selectAll}
                checked={areAll}
                disabled={replayable.length === 0}
                onChange={() => onSelect(new Set(areAll ? [] : replayable.map(({ position }) => position)))}
              />
            </th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.command}</th>
            <th scope="col">{words.group}</th>
            <th scope="col" className="figure">
              {words.number}
            </th>
            <th scope="col">{words.lastOutcome}</th>
            <th scope="col" className="time">
              {words.accepted}
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <Row
              key={delivery.position}
              delivery={delivery}
              sdkAppId={sdkAppId}
              isSelected={selection.has(delivery.position)}
              onToggle={toggle}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function isReplayable({ state, replayOf }: Delivery): boolean {
  return state !== "pending" && replayOf === undefined;
}

interface RowProps {
  readonly delivery: Delivery;
  readonly sdkAppId: number;
  readonly isSelected: boolean;
  readonly onToggle: (position: number) => void;
}

function Row({ delivery, sdkAppId, isSelected, onToggle }: RowProps): ReactNode {
  const words = useWords();
  const { position, state, command, groupId, sequence, attempts, lastOutcome, acceptedAt, replayOf } = delivery;
  return (
    <tr>
      <td className="tick">
        <input
          type="checkbox"
          aria-label={words.selectOne(shortCommand(command), groupId ?? words.noGroup)}
          checked={isSelected}
          disabled={!isReplayable(delivery)}
          onChange={() => onToggle(position)}
        />
      </td>
      <td>
        <StateBadge state={state} />
      </td>
      <td>
        <Link to={addressOf(sdkAppId, "deliveries", position)} className="row-link">
          {shortCommand(command)}
        </Link>
        {replayOf !== undefined && <span className="tag">{words.replayed}</span>}
      </td>
      <td className="id">{groupId ?? words.noGroup}</td>
      <td className="figure">{sequence}</td>
      <td className="faint">
        {lastOutcome === undefined ? "" : outcomeText(lastOutcome, words)}
        {attempts > 1 && ` · ${words.attemptCount(attempts)}`}
      </td>
      <td className="time faint">
        <Time at={acceptedAt} />
      </td>
    </tr>
  );
}
