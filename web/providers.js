/**
 * Signing in by Google, Apple or Facebook, and the providers of an account: functions that take a client and use its retries.
 * One ES module without dependencies but the client; it runs as it is. Types: providers.d.ts. How to use it: README.md, beside this file.
 */

import { AuthError } from "./customer-auth.js";

const IDENTITIES = "/store/customers/me/identities";

/**
 * Begin a sign-in by a provider; the browser goes on to `authUrl`, and comes back to `redirectUrl` with a `state` and a `code` or an
 * `error`. The service's cookie, which binds the sign-in to this browser, needs a page of the service's own site; any other page stores
 * `binding` until then.
 */
export async function startProvider(auth, provider, { redirectUrl }) {
  const path = `/login/${encodeURIComponent(provider)}/start`;
  const { authUrl, state, binding } = await auth.call(path, { body: { redirectUrl }, credentials: "include" });
  return { authUrl, state, binding };
}

/**
 * Sign in, or up, with what came back to the page; with `add`, add the provider to the customer of this session, which needs a sign-in in
 * the last 5 minutes. The same code again is the same attempt: after "offline" or a 503 you can repeat it, and after "provider_error" or
 * "provider_timeout" too.
 */
export async function exchangeProvider(auth, provider, { code, state, binding, referralCode, add = false }) {
  const token = add ? await auth.accessToken() : undefined;
  if (token === null) throw new AuthError("not_authenticated", "Nobody is signed in", { status: 401 }); // and nobody must be signed up
  const body = { code, state, binding, referralCode };
  const path = `/login/${encodeURIComponent(provider)}/exchange`;
  try {
    const { registered } = await auth.call(path, { body, bearer: token, proof: state, credentials: "include" });
    return { ...auth.session, registered };
  } catch (error) {
    if (token && error.type === "not_authenticated") await auth.refresh().catch(() => null); // it tells the listeners if the session has ended
    throw error;
  }
}

/** The providers by which the customer can sign in. */
export async function identities(auth) {
  const { identities: accounts } = await auth.call(IDENTITIES, { method: "GET", bearer: true });
  return accounts.map((each) => ({ ...each, linkedAt: new Date(each.linkedAt) }));
}

/**
 * Remove a provider from the customer, which needs a sign-in in the last 5 minutes. Throws "last_identity" if it is their last way to sign
 * in.
 */
export async function removeIdentity(auth, provider) {
  await auth.call(`${IDENTITIES}/${encodeURIComponent(provider)}`, { method: "DELETE", bearer: true });
}
