import { useEffect, useRef, useState, type ReactNode } from "react";

interface VirtualRowsProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  /** Of each row, in px. */
  readonly rowHeight: number;
  /** Most rows that are in view. */
  readonly inView: number;
  readonly keyOf: (row: T) => number;
  readonly render: (row: T) => ReactNode;
  /** Whether the top is in view. */
  readonly onAtTop: (isAtTop: boolean) => void;
}

/** Rows of one height, of which only those in view are on the page. */
export function VirtualRows<T>(props: VirtualRowsProps<T>): ReactNode {
  const { label, rows, rowHeight, inView, keyOf, render, onAtTop } = props;
  const frame = useRef<HTMLElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [first, setFirst] = useState(0);
  const shown = rows.slice(first, first + inView + 2);

  useEffect(() => {
    frame.current?.style.setProperty("height", `${Math.min(Math.max(rows.length, 4), inView) * rowHeight}px`);
    list.current?.style.setProperty("height", `${rows.length * rowHeight}px`);
    list.current?.style.setProperty("padding-top", `${first * rowHeight}px`);
  }, [rows.length, inView, rowHeight, first]);

  const onScroll = (): void => {
    const top = frame.current?.scrollTop ?? 0;
    setFirst(Math.floor(top / rowHeight));
    onAtTop(top < rowHeight);
  };
  return (
    <section ref={frame} className="virtual-rows" aria-label={label} tabIndex={0} onScroll={onScroll}>
      <ol ref={list}>
        {shown.map((row) => (
          <li key={keyOf(row)}>{render(row)}</li>
        ))}
      </ol>
    </section>
  );
}
