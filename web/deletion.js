/**
 * Deleting an account, cancelling the deletion, and exporting a customer's data: functions that take a client and use its retries.
 * One ES module without dependencies; it runs as it is. Types: deletion.d.ts. How to use it: README.md, beside this file.
 */

const DELETION = "/store/customers/account-deletion";
const RESEND_MS = 90_000; // the service's own default, because the responses do not say it

/**
 * Request the code that deletes the account of this session; call it again, from `resendAt` on, for another code. Customers without a
 * verified address need a sign-in in the last 5 minutes instead: the deletion is confirmed at once, and `request` contains it.
 */
export async function requestDeletion(auth, { reason } = {}) {
  const { email, phone } = auth.session?.customer ?? {};
  const response = await auth.call(`${DELETION}/request`, { body: { reason }, bearer: true, address: email ?? phone });
  const request = response.request && (await endSession(auth, response.request));
  return { ...challengeOf(response, "deletion", { reason }), request };
}

/** Confirm the deletion with the code. The account is erased at `deletionScheduledAt`; until then you can cancel. All sessions end. */
export async function confirmDeletion(auth, { challenge: token }, code) {
  const { request } = await auth.call(`${DELETION}/confirm`, { body: { token, code }, proof: token });
  return endSession(auth, request);
}

/** Request the code that cancels a deletion. The response never reveals whether the address is known or its account is to be deleted. */
export async function requestCancellation(auth, { phone, email }) {
  const response = await auth.call(`${DELETION}/cancel-request`, { body: { phone, email }, address: phone ?? email });
  return challengeOf(response, "cancellation", phone ? { phone } : { email });
}

/**
 * Cancel the deletion with the code, or without one by `{ challenge: error.cancelToken }`. Throws "account_deletion_pending" if the
 * erasure has already begun.
 */
export async function cancelDeletion(auth, { challenge: token }, code) {
  const { request } = await auth.call(`${DELETION}/cancel-confirm`, { body: { token, code }, proof: token });
  return withDates(request);
}

/** Everything that the service stores about the customer, as it returns it. Needs a sign-in in the last 5 minutes. */
export async function exportData(auth) {
  return auth.call("/store/customers/me/export", { method: "GET", bearer: true, raw: true });
}

function challengeOf({ token, expiresAt }, flow, details) {
  return { challenge: token, flow, ...details, expiresAt, resendAt: new Date(Date.now() + RESEND_MS) };
}

/** End the session here if it is still that customer's; the known device stays, in case they change their mind. Returns the request. */
async function endSession(auth, request) {
  if (auth.session) await auth.refresh().catch(() => auth.forget());
  return withDates(request);
}

function withDates(request) {
  const times = Object.entries(request).filter(([name, value]) => name.endsWith("At") && value);
  return { ...request, ...Object.fromEntries(times.map(([name, value]) => [name, new Date(value)])) };
}
