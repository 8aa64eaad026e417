/** The types of providers.js. */

import type { CustomerAuth, NewSession } from "./customer-auth.js";

export type Provider = "google" | "apple" | "facebook" | (string & {});

/** A sign-in that has begun. */
export interface StartedSignIn {
  authUrl: string;
  state: string;
  /** Binds the sign-in to this browser, as the service's cookie does. */
  binding: string;
}

/** What came back to the page, and what to do with it. */
export interface ProviderResponse {
  code: string;
  state: string;
  /** Of the start, where the service's cookie does not reach it. */
  binding?: string;
  /** The code of the customer who sent this one; it counts for a new account alone, and is ignored if it is nobody's. */
  referralCode?: string;
  /** Whether the provider is added to the customer of this session. */
  add?: boolean;
}

/** A provider of the customer, with the email that it named when it was added, proven or not. */
export interface Identity {
  provider: Provider;
  email: string | null;
  linkedAt: Date;
}

/**
 * Begin a sign-in by a provider; the browser goes on to `authUrl`, and comes back to `redirectUrl` with a `state` and a `code` or an
 * `error`. The service's cookie, which binds the sign-in to this browser, needs a page of the service's own site; any other page stores
 * `binding` until then.
 */
export function startProvider(auth: CustomerAuth, provider: Provider, to: { redirectUrl: string }): Promise<StartedSignIn>;

/**
 * Sign in, or up, with what came back to the page; with `add`, add the provider to the customer of this session, which needs a sign-in in
 * the last 5 minutes. The same code again is the same attempt: after "offline" or a 503 you can repeat it, and after "provider_error" or
 * "provider_timeout" too.
 */
export function exchangeProvider(auth: CustomerAuth, provider: Provider, response: ProviderResponse): Promise<NewSession>;

/** The providers by which the customer can sign in. */
export function identities(auth: CustomerAuth): Promise<Identity[]>;

/**
 * Remove a provider from the customer, which needs a sign-in in the last 5 minutes. Throws "last_identity" if it is their last way to sign
 * in.
 */
export function removeIdentity(auth: CustomerAuth, provider: Provider): Promise<void>;
