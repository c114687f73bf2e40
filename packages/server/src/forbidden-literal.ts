import { addressGuard, literalAddress, type Allowance } from "./address-guard.ts";

const open: Allowance = { allowPrivateNetwork: true, allowNetworks: [] };

/**
 * Why callbacks would never be sent to an address that a URL names itself, as it is allowed what it is; completes "the URL
 * …". `undefined` where they may be, or the URL has a name: where that leads is judged whenever it is dialled.
 */
export function forbiddenLiteral(url: string, allowance: Allowance): string | undefined {
  const address = literalAddress(new URL(url).hostname);
  if (address === undefined || !addressGuard(allowance)(address)) return undefined;
  const own = [`${address}/${address.includes(":") ? 128 : 32}`];
  if (!addressGuard(open)(address)) {
    return `must not lead to ${address}, which is private: set allowPrivateNetwork, or list its network in allowNetworks`;
  }
  if (!addressGuard({ ...open, allowNetworks: own })(address)) {
    return `must not lead to ${address}, which is reserved: give a public address, or list its network in allowNetworks`;
  }
  return `must not lead to ${address}, which no setting allows: give the address, or the name, of a backend`;
}
