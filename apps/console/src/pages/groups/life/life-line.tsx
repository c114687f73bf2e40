import type { ReactNode } from "react";

import type { LifeEvent } from "./life-event.ts";

interface LifeLineProps {
  readonly events: readonly LifeEvent[];
  /** The one that is looked at. */
  readonly index: number;
  readonly label: string;
  /** What is said of it. */
  readonly valueText: string;
  readonly onChoose: (index: number) => void;
}

/** What happened to a group as points on a line, in their order, with a slider beneath it. */
export function LifeLine({ events, index, label, valueText, onChoose }: LifeLineProps): ReactNode {
  const last = Math.max(events.length - 1, 1);
  // As far from the edges as the slider's thumb is at its ends.
  const place = (at: number): string => `${1 + (98 * at) / last}%`;
  const radius = events.length > 80 ? 3 : 6;
  return (
    <div className="life-line">
      <svg width="100%" height="34" aria-hidden="true">
        <line x1={place(0)} x2={place(events.length - 1)} y1="17" y2="17" className="life-future" />
        <line x1={place(0)} x2={place(index)} y1="17" y2="17" className="life-past" />
        {events.map(({ position, kind }, at) => (
          <circle
            key={position}
            cx={place(at)}
            cy="17"
            r={at === index ? radius + 3 : radius}
            className={`life-point ${kind} ${at > index ? "later" : ""}`}
            onClick={() => onChoose(at)}
          />
        ))}
      </svg>
      <input
        type="range"
        min={0}
        max={events.length - 1}
        value={index}
        aria-label={label}
        aria-valuetext={valueText}
        onChange={(event) => onChoose(Number(event.target.value))}
      />
    </div>
  );
}
