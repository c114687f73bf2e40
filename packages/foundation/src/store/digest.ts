import { hash } from "node:crypto";

/** The rows of one app in a table, in short. */
export interface AppDigest {
  /** 0 of a table whose rows are no app's. */
  readonly app: number;
  readonly rows: number;
  /** The sum of the rows' SHA-256, of which 128 bits are kept: hexadecimal. */
  readonly hash: string;
}

/** What a table holds, in short: two that hold the same rows, in whatever order, have the same digest. */
export interface Digest {
  add(app: number, row: readonly unknown[]): void;
  /** In the order of the apps. */
  apps(): AppDigest[];
}

const BITS = 128;

export function createDigest(): Digest {
  const apps = new Map<number, { rows: number; sum: bigint }>();
  return {
    add(app, row) {
      const of = apps.get(app) ?? { rows: 0, sum: 0n };
      apps.set(app, of);
      of.rows += 1;
      of.sum += BigInt(`0x${hash("sha256", JSON.stringify(row.map(asText))).slice(0, BITS / 4)}`);
    },
    apps: () =>
      [...apps]
        .map(([app, { rows, sum }]) => ({
          app,
          rows,
          hash: BigInt.asUintN(BITS, sum)
            .toString(16)
            .padStart(BITS / 4, "0"),
        }))
        .toSorted((a, b) => a.app - b.app),
  };
}

/** Bytes as a text: each database hands out a kind of its own. */
function asText(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}
