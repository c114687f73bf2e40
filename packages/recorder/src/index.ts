export { recorderSection, type RecorderConfig } from "./config.ts";
export type { EventJson } from "./event-json.ts";
export { startRecorder, type RecorderParts, type RunningRecorder } from "./app.ts";
