export { checkBackend, type CheckBackendOptions } from "./check-backend.ts";
export type { Outcome, Verdict } from "./verdict.ts";
export { sampleCallback, type SampleCallback, type SampleOptions } from "./sample-callback.ts";
export { sampleFields, type SampleFields } from "./sample-fields.ts";
export { createFaultyWay, type Delivery, type Faults, type FaultyWay, type Target } from "./faulty-way.ts";
export { createRandom } from "./random.ts";
