/**
 * Resetting a password from a storefront without customer-auth.js: two calls, by fetch or by a client like Medusa's.
 * One ES module without dependencies. Types: password-reset.d.ts. How to use it: README.md.
 */

const RESET = "/auth/customer/emailpass/reset-password";
const UPDATE = "/auth/customer/emailpass/update";
const LOOKUPS = ["email", "phone", "identifier", "email_or_phone"];

let last = {}; // the last attempt: repeating it uses the same key, so that a lost response costs nothing

/** Request the link that sets a new password. The response never reveals whether the address is known, and neither does "throttled". */
export async function requestPasswordReset(input, options) {
  const { device, locale } = input;
  return call(RESET, { body: { ...lookupIn(input), device, locale } }, options);
}

/** Set a new password with the token and the address of the link. Repeating the call after a lost response is the same attempt. */
export async function completePasswordReset(input, options) {
  const { password, token } = input;
  const body = { ...lookupIn(input), password };
  if (!token || !password) throw new TypeError("token and password are needed");
  if (last.token !== token || last.password !== password) last = { token, password, key: randomText() };
  return call(UPDATE, { body, headers: { authorization: `Bearer ${token}`, "idempotency-key": last.key } }, options);
}

/** Returns `requestPasswordReset` bound to these options. */
export const createRequestPasswordReset = (options) => (input) => requestPasswordReset(input, options);

/** Returns `completePasswordReset` bound to these options. */
export const createCompletePasswordReset = (options) => (input) => completePasswordReset(input, options);

function lookupIn(input) {
  const names = LOOKUPS.filter((name) => input[name]);
  if (names.length !== 1) throw new TypeError(`exactly one of ${LOOKUPS.join(", ")} is needed`);
  return { [names[0]]: input[names[0]] };
}

async function call(path, { body, headers }, { client, baseUrl = "", publishableApiKey, fetch = globalThis.fetch } = {}) {
  const sent = { "content-type": "application/json", ...(publishableApiKey && { "x-publishable-api-key": publishableApiKey }), ...headers };
  if (client) return client.fetch(path, { method: "POST", headers: sent, body });
  const response = await fetch(baseUrl.replace(/\/+$/, "") + path, { method: "POST", headers: sent, body: JSON.stringify(body) });
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  const { message = `Unexpected answer (HTTP ${response.status})`, type = "unexpected", errors = [] } = answer ?? {};
  const retryAfterSeconds = Number(response.headers.get("retry-after")) || undefined;
  throw Object.assign(new Error(message), { type, errors, status: response.status, retryAfterSeconds });
}

/** 32 random letters, even if crypto.randomUUID is missing. */
const randomText = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
