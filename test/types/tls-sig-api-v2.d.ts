/** Tencent's own signer, without types of its own: what the tests use of it. */
declare module "tls-sig-api-v2" {
  class Api {
    constructor(sdkAppId: number, key: string);
    /** @param expire seconds */
    genUserSig(userId: string, expire: number): string;
    /** A UserSig with a userbuf, for one room. */
    genPrivateMapKey(userId: string, expire: number, roomId: number, privileges: number): string;
    genPrivateMapKeyWithStringRoomID(userId: string, expire: number, roomId: string, privileges: number): string;
  }
  const tls: { readonly Api: typeof Api };
  export = tls;
}
