export { createRandom } from "@muster/receiver/testing";

/**
 * The seed of a test that draws: from the environment variable CAMPAIGN_SEED, or a new one. It is printed, so
 * that a run that failed can be had again.
 */
export function seedOf(test: string): number {
  const seed = Number(process.env["CAMPAIGN_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`${test}: CAMPAIGN_SEED=${seed}`);
  return seed;
}
