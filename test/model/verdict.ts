import { canBeGroupId } from "./ids.ts";
import type { Request, RequestName } from "./requests.ts";
import type { Fields, Group, World } from "./world.ts";

/** Who asks, when, and which id the server gave where the request left that to it. */
export interface Circumstances {
  readonly user: string;
  /** By REST, as an administrator of the app. */
  readonly isAdministrator: boolean;
  /** ms since 1970 */
  readonly now: number;
  readonly givenId: string | undefined;
}

/** What the server must answer: one of the codes, and with code 0 these fields. */
export interface Verdict {
  readonly codes: readonly number[];
  readonly fields: Fields;
}

export type Rules = {
  readonly [N in RequestName]: (world: World, request: Request<N>, circumstances: Circumstances) => Verdict;
};

export function ok(fields: Fields = {}): Verdict {
  return { codes: [0], fields };
}

export function refused(...codes: number[]): Verdict {
  return { codes, fields: {} };
}

/** Rules that a request may break: the codes that it can be refused with if it does. */
export type Faults = readonly (false | readonly number[])[];

/** The refusal for whatever rules are broken: any of their codes. */
export function broken(faults: Faults): Verdict | undefined {
  const codes = faults.flatMap((fault) => fault || []);
  return codes.length > 0 ? refused(...codes) : undefined;
}

/** What comes of a request that names who acts: that must be somebody. */
export function actingAs({ accounts }: World, user: string | undefined, verdict: Verdict): Verdict {
  if (user === undefined || accounts.has(user)) return verdict;
  return refused(10019, ...verdict.codes.filter((code) => code !== 0));
}

export function withGroup(world: World, groupId: string, decide: (group: Group) => Verdict): Verdict {
  const group = world.groups.get(groupId);
  if (group) return decide(group);
  return refused(canBeGroupId(groupId) ? 10010 : 10015);
}

export function seconds({ now }: Circumstances): number {
  return Math.floor(now / 1000);
}
