import { expect, it } from "vitest";

import type { AppRecords } from "../ports/app-records.ts";
import { APP, OTHER_APP } from "./sample-groups.contract.ts";

/** A store under test, as far as it keeps what apps were changed to. */
export interface AppRecordsUnderTest {
  readonly appRecords: AppRecords;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<AppRecordsUnderTest>;
}

/** What every store does with what apps were changed to. */
export function appRecordsContract(name: string, opened: () => Promise<AppRecordsUnderTest>): void {
  it(`${name} keeps one record of an app's changes, the last, until it is removed`, async () => {
    const under = await opened();
    const { appRecords } = under;
    expect(await appRecords.all()).toEqual([]);
    await appRecords.put({ sdkAppId: OTHER_APP, base: "none", sealed: "other" }, undefined);
    expect(await appRecords.put({ sdkAppId: APP, base: "file", sealed: "first" }, undefined)).toBe(true);
    expect(await appRecords.put({ sdkAppId: APP, base: "none", sealed: "second" }, "first")).toBe(true);
    // Of two who change what they have both seen, the second has seen something else than there is.
    expect(await appRecords.put({ sdkAppId: APP, base: "file", sealed: "third" }, "first")).toBe(false);
    expect(await appRecords.put({ sdkAppId: APP, base: "file", sealed: "third" }, undefined)).toBe(false);
    expect(await appRecords.remove(APP, "first")).toBe(false);
    const kept = [
      { sdkAppId: APP, base: "none", sealed: "second" },
      { sdkAppId: OTHER_APP, base: "none", sealed: "other" },
    ];
    expect(await appRecords.all()).toEqual(kept);
    const again = await under.reopen();
    expect(await again.appRecords.all()).toEqual(kept);
    expect(await again.appRecords.remove(APP, "second")).toBe(true);
    expect(await again.appRecords.remove(7, "second")).toBe(false);
    expect(await again.appRecords.all()).toEqual(kept.slice(1));
  });
}
