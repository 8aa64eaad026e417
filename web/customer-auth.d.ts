/** The types of customer-auth.js; what each thing does is said there. */

export type Flow = "sign-in" | "register" | "login";

export type Address = { phone: string; email?: undefined } | { email: string; phone?: undefined };

/** The part of Web Storage that is used. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface Options {
  /** Where the service answers, like "https://auth.example.com"; without it, at this page's origin. */
  baseUrl?: string;
  /** Language of the messages: "en", "tr" or "fa"; without it, the browser's own languages decide. */
  locale?: string;
  /** Where the session is kept; without it, localStorage, or memory where that cannot be used. */
  storage?: KeyValueStorage;
  /** The name that it is kept under; "customer-auth" without one. */
  storageKey?: string;
  /** Other origins that `fetch` may send the access token to, like "https://api.example.com". */
  origins?: readonly string[];
  fetch?: typeof globalThis.fetch;
  /** What keeps tabs from refreshing at once; `navigator.locks` without it. */
  locks?: Pick<LockManager, "request">;
}

/** A code that was asked for. Times are in this machine's clock, however wrong it is. */
export interface Challenge {
  challenge: string;
  flow: Flow;
  phone?: string;
  email?: string;
  maskedPhone?: string;
  maskedEmail?: string;
  expiresAt: Date;
  resendAt: Date;
}

export interface Delivery {
  state: "queued" | "sent" | "delivered" | "failed";
  /** Why it failed. */
  reason?: string;
}

export interface Customer {
  id: string;
  email: string | null;
  phone: string | null;
  name: string | null;
  /** Told by the flows "register" and "login" alone, as is `lastName`. */
  firstName?: string | null;
  lastName?: string | null;
  emailVerified: boolean;
  phoneVerified: boolean;
}

/** What the access token says, for display: only a server that checks its signature may rely on it. */
export interface Claims {
  iss: string;
  sub: string;
  aud: string;
  exp: number;
  iat: number;
  jti: string;
  sid: string;
  auth_time: number;
  amr: string[];
  roles: string[];
}

export interface Session {
  customer: Customer;
  claims: Claims;
  /** When the access token ends; the session goes on with the next one. */
  expiresAt: Date;
}

export interface NewSession extends Session {
  /** Whether the account was made just now. */
  registered: boolean;
}

export class CustomerAuth {
  constructor(options?: Options);
  readonly session: Session | null;
  requestCode(address: Address, options?: { flow?: Flow }): Promise<Challenge>;
  resendCode(challenge: Challenge): Promise<Challenge>;
  delivery(challenge: Challenge): Promise<Delivery>;
  verifyCode(challenge: Challenge, code: string, names?: { firstName?: string; lastName?: string }): Promise<NewSession>;
  onChange(listener: (session: Session | null) => void): () => void;
  accessToken(): Promise<string | null>;
  refresh(): Promise<Session | null>;
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  logout(options?: { everywhere?: boolean }): Promise<void>;
  forget(): void;
}

/**
 * The service's own types are in docs/errors.md. Of this module are "offline" (no answer came, or none in time) and "unexpected"
 * (an answer that is not the service's).
 */
export type ErrorType =
  | "bad_request"
  | "too_large"
  | "unsupported_media_type"
  | "wrong_proof"
  | "not_authenticated"
  | "account_deletion_pending"
  | "not_found"
  | "throttled"
  | "internal"
  | "unavailable"
  | "offline"
  | "unexpected"
  | (string & {});

export class AuthError extends Error {
  readonly name: "AuthError";
  readonly type: ErrorType;
  /** The HTTP status; 0 without an answer. */
  readonly status: number;
  readonly errors: { field: string; message: string }[];
  readonly errorCode?: string;
  readonly retryAfterSeconds?: number;
  readonly requestId?: string;
}
