export { startServer, type RunningServer, type ServerPorts } from "./app.ts";
export type { App, Apps, CallbackSettings } from "./app-settings.ts";
export { appsSection, serverConfig, serverSection, type ServerConfig } from "./config.ts";
export type { RetryPolicy } from "./dispatch/retry-policy.ts";
export { triggerCallback } from "./dispatch/trigger-callback.ts";
export { migrateServerStore } from "./store/migrate/migrate-server-store.ts";
export { moveApp } from "./store/migrate/move-app.ts";
