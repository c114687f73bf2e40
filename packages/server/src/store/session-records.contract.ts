import { expect, it } from "vitest";

import type { SessionRecords } from "../ports/session-records.ts";

const NOW = 1_700_000_000_000;

/** What everything does that keeps who is signed in to the console. */
export function sessionRecordsContract(name: string, opened: () => Promise<SessionRecords>): void {
  it(`${name} keep who is signed in until that is over, the newest where there are too many`, async () => {
    const records = await opened();
    const ends = [NOW + 1, NOW + 2, NOW + 3, NOW + 4];
    const present = async (): Promise<number[]> => {
      const found = await Promise.all(ends.map((end) => records.expiryOf(`until ${end}`)));
      return found.filter((end) => end !== undefined);
    };
    for (const expiresAt of ends.slice(0, 3)) await records.add({ digest: `until ${expiresAt}`, expiresAt }, NOW, 3);
    expect(await present()).toEqual(ends.slice(0, 3));
    await records.add({ digest: `until ${NOW + 4}`, expiresAt: NOW + 4 }, NOW, 3);
    expect(await present()).toEqual(ends.slice(1));
    await records.remove(`until ${NOW + 3}`);
    await records.remove("nobody");
    expect(await present()).toEqual([NOW + 2, NOW + 4]);
    await records.add({ digest: "another", expiresAt: NOW + 9 }, NOW + 2, 3);
    expect(await present()).toEqual([NOW + 4]);
    expect(await records.expiryOf("another")).toBe(NOW + 9);
  });
}
