/** The lock that is held while an app is copied to another store: an expression of its column `app`. */
export const DEPARTURE_LOCK = "hashtextextended('muster departure ' || app, 0)";
