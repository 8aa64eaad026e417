/**
 * Deleting an account, keeping it after all, and what is held on a customer: functions over a client, of which each has its retries.
 * One ES module without dependencies; it runs as it is. Types: deletion.d.ts. How to use it: README.md, beside this file.
 */

const DELETION = "/store/customers/account-deletion";
const RESEND_MS = 90_000; // the answers do not say it: the service's own default

/**
 * Ask for the code that deletes the account of who is signed in; the same again, from `resendAt` on, asks for another. Where no address is
 * proven there is no code: after a sign-in in the last 5 minutes the account is deleted at once, and `request` says until when.
 */
export async function requestDeletion(auth, { reason } = {}) {
  const { email, phone } = auth.session?.customer ?? {};
  const told = await auth.call(`${DELETION}/request`, { body: { reason }, bearer: true, address: email ?? phone });
  const request = told.request && (await confirmed(auth, told.request));
  return { ...asked(told, "deletion", { reason }), request };
}

/** Delete the account by the code. It is erased at `deletionScheduledAt` and may be kept until then; every session has ended. */
export async function confirmDeletion(auth, { challenge: token }, code) {
  const { request } = await auth.call(`${DELETION}/confirm`, { body: { token, code }, proof: token });
  return confirmed(auth, request);
}

/** Ask for the code that keeps an account. It never tells whether the address is known, or its account is to be deleted. */
export async function requestCancellation(auth, { phone, email }) {
  const told = await auth.call(`${DELETION}/cancel-request`, { body: { phone, email }, address: phone ?? email });
  return asked(told, "cancellation", phone ? { phone } : { email });
}

/**
 * Keep the account by the code, or, as `{ challenge: error.cancelToken }`, without one. Throws "account_deletion_pending" where the
 * erasure has begun already.
 */
export async function cancelDeletion(auth, { challenge: token }, code) {
  const { request } = await auth.call(`${DELETION}/cancel-confirm`, { body: { token, code }, proof: token });
  return dated(request);
}

/** All that is held on who is signed in, as the service writes it. Needs a sign-in in the last 5 minutes. */
export async function exportData(auth) {
  return auth.call("/store/customers/me/export", { method: "GET", bearer: true, raw: true });
}

function asked({ token, expiresAt }, flow, of) {
  return { challenge: token, flow, ...of, expiresAt, resendAt: new Date(Date.now() + RESEND_MS) };
}

/** The session here has ended too, if it is still that customer's; what makes this browser known stays, for changing one's mind. */
async function confirmed(auth, request) {
  if (auth.session) await auth.refresh().catch(() => auth.forget());
  return dated(request);
}

function dated(request) {
  const moments = Object.entries(request).filter(([name, value]) => name.endsWith("At") && value);
  return { ...request, ...Object.fromEntries(moments.map(([name, value]) => [name, new Date(value)])) };
}
