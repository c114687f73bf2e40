import { StartError } from "@muster/foundation";

/**
 * Loads a package that only those need who have such a sink.
 * @param packages all that the sink needs, as npm calls them
 * @throws {StartError} `DRIVER_MISSING`, with what to install
 */
export async function loadDriver<T>(type: string, packages: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    const names = packages.join(" ");
    throw new StartError(
      "DRIVER_MISSING",
      `Sinks of type ${type} need what is not installed: npm install ${names}`,
      error,
    );
  }
}
