import { expect, it } from "vitest";

import type { EndpointState, EndpointStates } from "../ports/endpoint-states.ts";
import { NOW } from "./sample-callbacks.contract.ts";
import { APP, OTHER_APP } from "./sample-groups.contract.ts";

/** A store under test, as far as it keeps which endpoints fail. */
export interface EndpointStatesUnderTest {
  readonly endpointStates: EndpointStates;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<EndpointStatesUnderTest>;
}

/** What every store does with endpoints that fail. */
export function endpointStatesContract(name: string, opened: () => Promise<EndpointStatesUnderTest>): void {
  it(`${name}: endpoints that fail are kept until they work again`, async () => {
    const first = await opened();
    const state: EndpointState = { sdkAppId: APP, failingSince: NOW, openings: 2, outcome: "refused", until: NOW + 5 };
    const disabled: EndpointState = { ...state, sdkAppId: OTHER_APP, until: undefined };
    await first.endpointStates.put(state);
    await first.endpointStates.put({ ...state, openings: 3 });
    await first.endpointStates.put(disabled);
    const second = await first.reopen();
    const kept = (await second.endpointStates.all()).toSorted((a, b) => a.sdkAppId - b.sdkAppId);
    expect(kept).toEqual([{ ...state, openings: 3 }, disabled]);
    await second.endpointStates.remove(APP);
    expect(await second.endpointStates.all()).toEqual([disabled]);
  });
  it(`${name}: an endpoint is tried by the one who is the first to put off when the others do`, async () => {
    const { endpointStates } = await opened();
    const state: EndpointState = { sdkAppId: APP, failingSince: NOW, openings: 2, outcome: "refused", until: NOW + 5 };
    await endpointStates.put(state);
    const claims = [1, 2, 3].map((later) => endpointStates.claim(state, NOW + 20 + later));
    const ours = (await Promise.all(claims)).indexOf(true);
    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
    expect(await endpointStates.all()).toEqual([{ ...state, until: NOW + 21 + ours }]);
    expect(await endpointStates.claim({ ...state, sdkAppId: OTHER_APP }, NOW + 30)).toBe(false);
    expect(await endpointStates.claim({ ...state, until: undefined }, NOW + 30)).toBe(false);
  });
}
