/** The header of a callback that is delivered once more because somebody asked for it: `1`. */
export const REPLAY_HEADER = "muster-replay";
