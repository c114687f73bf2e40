/**
 * How servers of tests are started that are not asked how long they wait. Their endpoints answer out of the tests' own
 * process: where the machine does much else that may be held up for longer than the 2 s that a callback has, and what came
 * too late would come once more. Longer than any clock is moved on in a test about something else.
 */
export const patient = { callbackDeadline: 3_600_000 } as const;
