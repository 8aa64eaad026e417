/** The challenge whose code is still to be entered, stored in this tab so that a reload does not lose it. */

const STORAGE_KEY = "customer-auth.demo.challenge";

/** The challenge that a reload has interrupted, or a phone that ran short of memory while the message was read; null if it has expired. */
export function pendingChallenge() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(STORAGE_KEY));
    const challenge = stored && { ...stored, expiresAt: new Date(stored.expiresAt), resendAt: new Date(stored.resendAt) };
    return challenge?.expiresAt > Date.now() ? challenge : null;
  } catch {
    return null;
  }
}

/** Stores a challenge; null removes it. */
export function storeChallenge(challenge) {
  try {
    if (challenge) sessionStorage.setItem(STORAGE_KEY, JSON.stringify(challenge));
    else sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // Without storage a reload starts from the beginning.
  }
}
