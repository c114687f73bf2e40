import { loadConfig, type ConfigSource } from "@muster/foundation";
// One program reads the other's settings, too, and needs nothing else of it.
import { recorderSection, type RecorderConfig } from "@muster/recorder/config";
import { appsSection, serverConfig, serverSection, type ServerConfig } from "@muster/server/config";
import * as z from "zod";

/** The whole configuration file: what `docs/contract/config.schema.json` is made from. */
export const configFile = z.strictObject({
  $schema: z.string().optional().meta({ description: "the path of the configuration's JSON Schema, for editors" }),
  server: serverSection.optional(),
  apps: appsSection.optional(),
  recorder: recorderSection.optional(),
});

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The server's part of a configuration file, which the other parts are checked along with.
 * @param onFile hears of each file that a text is taken from, and of which setting names it
 * @throws {ConfigError}
 */
export function loadServerConfig(
  file: string,
  environment: Environment,
  onFile?: ConfigSource["onFile"],
): ServerConfig {
  const needed = configFile.required({ apps: true }).extend({ server: serverSection.prefault({}) });
  const { server, apps } = loadConfig(needed, { file, environment: ofSettings(environment), onFile });
  return serverConfig(server, apps);
}

/**
 * The recorder's part of a configuration file.
 * @throws {ConfigError}
 */
export function loadRecorderConfig(file: string, environment: Environment): RecorderConfig {
  return loadConfig(configFile.required({ recorder: true }), {
    file,
    environment: ofSettings(environment),
  }).recorder;
}

/**
 * What a configuration file says of the two sides that are compared; either may be missing.
 * @throws {ConfigError}
 */
export function loadReconcileConfig(file: string, environment: Environment): z.output<typeof configFile> {
  return loadConfig(configFile, { file, environment: ofSettings(environment) });
}

/** Without what is for commands that call a server, and is no setting. */
function ofSettings({ MUSTER_ADMIN_TOKEN: _ofCommands, ...settings }: Environment): Environment {
  return settings;
}
