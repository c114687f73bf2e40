/** The header of a callback that only tries out whether a URL takes callbacks. */
export const VERIFY_HEADER = "muster-verify";

/**
 * The group that such a callback is about: one that cannot exist, since nobody may choose an id that begins like
 * this, and generated ones have capitals and digits there.
 */
export const VERIFY_GROUP_ID = "@TGS#verify";
