/** What the service's responses become: objects with names in camelCase, customers, and errors. */

/** Every failure: the service's error by its own `type` (docs/errors.md), "offline", or "unexpected" (not a response of the service). */
export class AuthError extends Error {
  /** The type is stable, for programs; the message is for people, in English. */
  constructor(type, message, { cause, ...details } = {}) {
    super(message, { cause });
    Object.assign(this, { name: "AuthError", type, status: 0, errors: [] }, details);
  }
}

/** The error of a response that refuses a call. */
export function errorOf(response, body) {
  const { status } = response;
  const { success, type = { 429: "throttled", 503: "unavailable" }[status] ?? "unexpected", message, ...details } = body;
  const retryAfterSeconds = Number(response.headers.get("retry-after")) || undefined;
  return new AuthError(type, message ?? `Unexpected answer (HTTP ${status})`, { ...details, status, retryAfterSeconds });
}

/** The error of a call without a response. */
export const offlineError = (cause) => new AuthError("offline", "The service did not answer", { cause });

/** A customer with the same member names, whichever family of endpoints returned it. */
export function customerOf({ id, userId, email = null, phone = null, name, firstName, lastName, referralCode, ...verified }) {
  const { emailVerified, verifiedEmail, phoneVerified, verifiedPhone } = verified;
  return {
    id: id ?? userId,
    email,
    phone,
    name: name ?? ([firstName, lastName].filter(Boolean).join(" ") || null),
    ...(id && { firstName, lastName, referralCode }),
    emailVerified: emailVerified ?? verifiedEmail,
    phoneVerified: phoneVerified ?? verifiedPhone,
  };
}

/** An object from JSON, with all its names in camelCase, or null. */
export function parseObject(text) {
  try {
    const value = JSON.parse(text, camelCased);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function camelCased(_, value) {
  if (value?.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name.replace(/_./g, ([, letter]) => letter.toUpperCase()), each]));
}
