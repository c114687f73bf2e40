export { recorderSection, type RecorderConfig } from "./config.ts";
export type { EventJson } from "./event-json.ts";
export { cloudEvent, type CloudEventAttributes, type OutgoingEvent } from "./sinks/cloud-event.ts";
export type { OwnSink } from "./sinks/own-sink.ts";
export { EventRefused, type Sink } from "./sinks/sink.ts";
export { startRecorder, type RecorderParts, type RunningRecorder } from "./app.ts";
