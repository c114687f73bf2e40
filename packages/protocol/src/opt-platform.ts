/**
 * Where an operation came from, as `OptPlatform` spells it. `RESTAPI` is the admin's REST API; the others are
 * app users' devices.
 * @see https://www.tencentcloud.com/document/product/1047/34354
 */
export const optPlatforms = ["RESTAPI", "Web", "Android", "iOS", "Windows", "Mac", "iPad", "Unknown"] as const;
export type OptPlatform = (typeof optPlatforms)[number];
