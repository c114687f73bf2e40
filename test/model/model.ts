import { accountRules } from "./account-rules.ts";
import { attributeRules } from "./attribute-rules.ts";
import { groupRules } from "./group-rules.ts";
import { memberRules } from "./member-rules.ts";
import { queryRules } from "./query-rules.ts";
import { type Request, type RequestName, requests } from "./requests.ts";
import { topicRules } from "./topic-rules.ts";
import { type Circumstances, refused, type Rules, type Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

/**
 * The group system once more, as the documents tell of it, small enough to be checked by reading: a second opinion on
 * what the server does. It has no store, no doors and no order of checks: where a request breaks several rules, any of
 * their codes will do, as the documents don't say which comes first.
 */
const rules: Rules = {
  ...groupRules,
  ...memberRules,
  ...attributeRules,
  ...topicRules,
  ...queryRules,
  ...accountRules,
};

/** What comes of a request. The world that is handed in stays as it was. */
export function step(
  world: World,
  name: RequestName,
  body: unknown,
  circumstances: Circumstances,
): { readonly world: World; readonly verdict: Verdict } {
  const after = structuredClone(world);
  const verdict = answer(after, name, body, circumstances);
  return { world: verdict.codes.includes(0) ? after : world, verdict };
}

function answer<N extends RequestName>(world: World, name: N, body: unknown, circumstances: Circumstances): Verdict {
  const shape: (typeof requests)[N] = requests[name];
  const parsed = shape.safeParse(body);
  if (!parsed.success) return refused(name.startsWith("im_open_login") ? 70402 : 10004);
  return rules[name](world, parsed.data as Request<N>, circumstances);
}
