/** The same for the same app, made when it is asked for first: what has many functions is not made for each call. */
export function perApp<T>(make: (sdkAppId: number) => T): (sdkAppId: number) => T {
  const made = new Map<number, T>();
  return (sdkAppId) => {
    let one = made.get(sdkAppId);
    if (one === undefined) {
      one = make(sdkAppId);
      made.set(sdkAppId, one);
    }
    return one;
  };
}
