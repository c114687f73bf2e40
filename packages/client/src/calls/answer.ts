/** What every call that succeeds resolves with, as in Tencent's web SDK. */
export interface Answer<T> {
  readonly code: 0;
  readonly data: T;
}

export function done<T>(data: T): Answer<T> {
  return { code: 0, data };
}
