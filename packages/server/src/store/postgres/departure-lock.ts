import { statement } from "@muster/foundation";

/** Whether an app is being copied: it stays as it is meanwhile. */
export const copying = statement("SELECT 1 FROM departure WHERE state = 'closed' LIMIT 1");

/** The lock that is held while an app is copied to another store: an expression of its column `app`. */
export const DEPARTURE_LOCK = "hashtextextended('muster departure ' || app, 0)";
