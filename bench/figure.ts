/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The figure of a peer measured in the same run, and ours divided by it. */
  readonly peer?: { readonly name: string; readonly value: number; readonly ratio: number };
}

export function figure(name: string, value: number, unit: string, peer?: { name: string; value: number }): Figure {
  if (!peer) return { name, value, unit };
  return { name, value, unit, peer: { ...peer, ratio: value / peer.value } };
}

/** All figures as a table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, peer }) => [
    name,
    `${Math.round(value)} ${unit}`,
    peer ? `${Math.round(peer.value)} ${unit}` : "",
    peer ? peer.ratio.toFixed(2) : "",
    peer?.name ?? "",
  ]);
  const all = [["scenario", "Muster", "peer", "ratio", "the peer is"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
