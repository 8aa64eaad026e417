/** The types of customer-auth.js. */

export type Flow = "sign-in" | "register" | "login";

export type Address = { phone: string; email?: undefined } | { email: string; phone?: undefined };

/** The part of Web Storage that the client uses. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface Options {
  /** The service's address, like "https://auth.example.com"; by default this page's origin. */
  baseUrl?: string;
  /** The language of messages: "en", "tr" or "fa"; by default the browser's own languages decide. */
  locale?: string;
  /** Where the session is stored; by default localStorage, or memory if that cannot be used. */
  storage?: KeyValueStorage;
  /** The name that it is stored under; by default "customer-auth". */
  storageKey?: string;
  /** Other origins that `fetch` may send the access token to, like "https://api.example.com". */
  origins?: readonly string[];
  fetch?: typeof globalThis.fetch;
  /** The locks that keep tabs from refreshing at once; by default `navigator.locks`; null means none. */
  locks?: Pick<LockManager, "request"> | null;
}

/** A requested code. Times are by this machine's clock, however wrong it is. */
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
  /** The flow "sign-in" does not return this member and the next two. */
  firstName?: string | null;
  lastName?: string | null;
  /** The code by which others name this customer as their referrer. */
  referralCode?: string;
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
  /** When the access token expires; the session continues with the next one. */
  expiresAt: Date;
}

export interface NewSession extends Session {
  /** Whether the account has just been created. */
  registered: boolean;
}

export interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: Record<string, unknown>;
  bearer?: string | true;
  /** The email or phone that the call is about: a known device and the locale are sent along. */
  address?: string;
  proof?: string;
  /** Return the response's own names and values, and store nothing. */
  raw?: boolean;
  /** Whether cookies go along to another origin, as in the browser's fetch. */
  credentials?: RequestCredentials;
}

/** A response, its names in camelCase, `expiresAt` and `resendAt` by this machine's clock. */
export type Answer = Record<string, any> & { customer?: Customer };

/** A client of one service. An app needs only one; all tabs share what it stores. */
export class CustomerAuth {
  constructor(options?: Options);
  /** The current session, or null. The same object until something changes. */
  readonly session: Session | null;
  /**
   * Request a code. "sign-in" also signs up unknown addresses; "register" and "login" accept phone numbers only.
   * If the response was lost, the message may have been sent: the next request within the throttle then fails as "throttled".
   */
  requestCode(address: Address, options?: { flow?: Flow }): Promise<Challenge>;
  /** Request another code to replace this one, from its `resendAt` on. */
  resendCode(challenge: Challenge): Promise<Challenge>;
  /** The delivery state of the message with the code. */
  delivery(challenge: Challenge): Promise<Delivery>;
  /**
   * Verify a code and sign in. The names are used if "register" creates an account.
   * The same code again is the same attempt: after "offline" or a 503 you can repeat it, and it is neither counted nor refused as used.
   */
  verifyCode(challenge: Challenge, code: string, names?: { firstName?: string; lastName?: string }): Promise<NewSession>;
  /** Listen to every sign-in, refresh and sign-out, including those in other tabs. Returns a function that stops listening. */
  onChange(listener: (session: Session | null) => void): () => void;
  /** An access token that is valid for at least 30 more seconds, refreshed if necessary; null if nobody is signed in. */
  accessToken(): Promise<string | null>;
  /** Refresh the session now; null if it has ended. */
  refresh(): Promise<Session | null>;
  /**
   * Like the browser's fetch, with the access token; after a 401 once more with the next one. A path belongs to the service; origins other
   * than the service's, the page's and those of the option `origins` are refused, so that no token leaks.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /**
   * Call an endpoint and store the session, customer and device (of `address`, else of all the customer's addresses) in its response.
   * `bearer` is a token, or true for the session's. The same `proof` again, with the same code if the body has one, is the same attempt.
   * `raw` returns the response unchanged. `credentials` as in the browser's fetch.
   */
  call(path: string, request?: Call): Promise<Answer>;
  /**
   * End this session, or with `everywhere` all of the customer's. Without a response it throws and keeps the session: call it again.
   * If the session had already ended, `everywhere` signs out here only and throws "wrong_proof".
   */
  logout(options?: { everywhere?: boolean }): Promise<void>;
  /** Forget the session and the known devices here without calling the service: an unused session ends by itself. */
  forget(): void;
}

/** A phone number as digits, after a + if it was written with its country code; other characters stay, and the service refuses them. */
export function cleanPhone(text: string): string;
/** An email address without invisible marks, surrounding spaces and `mailto:`. */
export function cleanEmail(text: string): string;
/** A code from a message: only its letters and digits, in upper case. */
export function cleanCode(text: string): string;
/** A referral code: the same, with O as 0, and I and L as 1. */
export function cleanReferralCode(text: string): string;
/** Text without format characters, and without surrounding tabs, line ends and spaces. */
export function cleanText(text: string): string;

export type ErrorType =
  | "bad_request"
  | "too_large"
  | "unsupported_media_type"
  | "wrong_proof"
  | "not_authenticated"
  | "not_allowed"
  | "verification_required"
  | "reauthentication_required"
  | "account_deletion_pending"
  | "registration_incomplete"
  | "not_found"
  | "contact_taken"
  | "identity_exists"
  | "last_identity"
  | "provider_error"
  | "provider_timeout"
  | "throttled"
  | "internal"
  | "unavailable"
  | "offline"
  | "unexpected"
  | (string & {});

/** Every failure: the service's error by its own `type` (docs/errors.md), "offline", or "unexpected" (not a response of the service). */
export class AuthError extends Error {
  constructor(type: ErrorType, message: string, details?: Partial<Omit<AuthError, "name" | "type" | "message">>);
  readonly name: "AuthError";
  readonly type: ErrorType;
  /** The HTTP status; 0 without a response. */
  readonly status: number;
  readonly errors: { field: string; message: string }[];
  readonly errorCode?: string;
  readonly retryAfterSeconds?: number;
  readonly requestId?: string;
  /** With "verification_required": the customer whose address must be verified. */
  readonly customerId?: string;
  /** With "registration_incomplete": the registration's token. */
  readonly token?: string;
  /** With "account_deletion_pending", for customers without a verified address: the token that cancels the deletion without a code. */
  readonly cancelToken?: string;
}
