/**
 * Resetting a password from a storefront without customer-auth.js: two calls, by fetch or by a client like Medusa's.
 * One ES module without dependencies. Types: password-reset.d.ts. How to use it: README.md.
 */

const RESET = "/auth/customer/emailpass/reset-password";
const UPDATE = "/auth/customer/emailpass/update";
const LOOKUPS = ["email", "phone", "identifier", "email_or_phone"];

let lastAttempt = {}; // the last attempt: repeating it uses the same key, so that a lost response costs nothing

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
  if (lastAttempt.token !== token || lastAttempt.password !== password) lastAttempt = { token, password, key: randomText() };
  return call(UPDATE, { body, headers: { authorization: `Bearer ${token}`, "idempotency-key": lastAttempt.key } }, options);
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
  const key = publishableApiKey && { "x-publishable-api-key": publishableApiKey };
  const request = { method: "POST", headers: { "content-type": "application/json", ...key, ...headers } };
  if (client) return client.fetch(path, { ...request, body });
  const response = await fetch(baseUrl.replace(/\/+$/, "") + path, { ...request, body: JSON.stringify(body) });
  const result = await response.json().catch(() => null);
  if (response.ok && result) return result;
  throw errorOf(response, result ?? {});
}

function errorOf({ status, headers }, { message = `Unexpected answer (HTTP ${status})`, type = "unexpected", errors = [] }) {
  const retryAfterSeconds = Number(headers.get("retry-after")) || undefined;
  return Object.assign(new Error(message), { type, errors, status, retryAfterSeconds });
}

/** 32 random letters, even if crypto.randomUUID is missing. */
const randomText = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
