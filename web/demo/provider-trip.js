/** The way to a provider and back: what the page remembers meanwhile in this tab, and what the provider has added to its address. */

import { startProvider } from "../providers.js";

const STORAGE_KEY = "customer-auth.demo.provider";

/**
 * Sends the browser to a provider, to sign in or, with `adds`, to add it to the account; `next` is the step that comes after the sign-in.
 * Throws AuthError if that failed.
 */
export async function goToProvider(auth, { provider, adds, next }) {
  const { authUrl } = await startProvider(auth, provider, { redirectUrl: location.origin + location.pathname });
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ provider, adds, next }));
  location.assign(authUrl);
}

/**
 * What a provider has sent the browser back with, as { provider, adds, next, state, code or error }, without the first three if the way
 * did not begin in this tab; null if no provider sent it.
 */
export function responseInAddress() {
  const { state, code, error } = Object.fromEntries(new URLSearchParams(location.search));
  if (!state || !(code || error)) return null;
  history.replaceState(null, "", location.pathname); // neither the history nor a copied address keeps the code
  return { ...takeTrip(), state, code, error };
}

/** What was remembered, once; null if there is nothing. */
function takeTrip() {
  try {
    const trip = JSON.parse(sessionStorage.getItem(STORAGE_KEY));
    sessionStorage.removeItem(STORAGE_KEY);
    return trip;
  } catch {
    return null;
  }
}
