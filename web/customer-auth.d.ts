/** The types of customer-auth.js. */

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
  /** What keeps tabs from refreshing at once; `navigator.locks` without it, none where it is null. */
  locks?: Pick<LockManager, "request"> | null;
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
  /** Not told by the flow "sign-in", as little as the two below. */
  firstName?: string | null;
  lastName?: string | null;
  /** For others to name who sent them. */
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
  /** When the access token ends; the session goes on with the next one. */
  expiresAt: Date;
}

export interface NewSession extends Session {
  /** Whether the account was made just now. */
  registered: boolean;
}

export interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: Record<string, unknown>;
  bearer?: string | true;
  /** The email or phone that it is about: a known device and the locale are sent along. */
  address?: string;
  proof?: string;
  /** The answer's own names and values, of which nothing is kept. */
  raw?: boolean;
}

/** An answer, its names in camelCase, `expiresAt` and `resendAt` in this machine's clock. */
export type Answer = Record<string, any> & { customer?: Customer };

/** A client of one service. An app needs one of them; what it keeps is shared by all tabs. */
export class CustomerAuth {
  constructor(options?: Options);
  /** Who is signed in, or null. The same object until something changes. */
  readonly session: Session | null;
  /**
   * Ask for a code. "sign-in" signs up an unknown address too; "register" and "login" take a phone alone.
   * A lost answer may have been a sent message: then the next try within the throttle is refused as "throttled".
   */
  requestCode(address: Address, options?: { flow?: Flow }): Promise<Challenge>;
  /** Ask for another code in the place of this one, from its `resendAt` on. */
  resendCode(challenge: Challenge): Promise<Challenge>;
  /** How far the message with the code is. */
  delivery(challenge: Challenge): Promise<Delivery>;
  /**
   * Try a code; who has the right one is signed in. The names count where "register" makes an account.
   * The same code again is the same try: after an "offline" or a 503 it may be repeated without being counted or refused as used.
   */
  verifyCode(challenge: Challenge, code: string, names?: { firstName?: string; lastName?: string }): Promise<NewSession>;
  /** Hear of every sign-in, refresh and sign-out, in other tabs too. Call what it returns to hear no more. */
  onChange(listener: (session: Session | null) => void): () => void;
  /** An access token that is good for 30 seconds more, renewed if need be; null when nobody is signed in. */
  accessToken(): Promise<string | null>;
  /** Renew the session now; null when it has ended. */
  refresh(): Promise<Session | null>;
  /**
   * As the browser's fetch, with the access token; once more with the next token after a 401. A path is the service's; other origins
   * than the service's, the page's and those of the option `origins` are refused, so that no token goes astray.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /**
   * Call an endpoint and keep the session, customer and device (of `address`, else of all the customer's) that it gives.
   * `bearer` is a token, or true for the session's. The same `proof` again, with the same code if the body has one, is the same try. `raw`
   * is the answer as it is.
   */
  call(path: string, request?: Call): Promise<Answer>;
  /**
   * End this session, or with `everywhere` all of the customer's. Without an answer it throws and keeps the session: call it again.
   * An `everywhere` that came too late, with a session that had ended, signs out here and throws "wrong_proof".
   */
  logout(options?: { everywhere?: boolean }): Promise<void>;
  /** Forget the session and the known devices here, without asking the service: it ends when it is not used. */
  forget(): void;
}

/** A phone number as digits, after a + where it was written with its country code; other characters stay, for the service to refuse. */
export function cleanPhone(text: string): string;
/** An email address without marks, spaces around it and `mailto:`. */
export function cleanEmail(text: string): string;
/** A code from a message: letters and digits alone, in upper case. */
export function cleanCode(text: string): string;
/** A referral code: the same, where O is 0 and I and L are 1. */
export function cleanReferralCode(text: string): string;
/** Without format characters, and without tabs, line ends and spaces around it. */
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
  | "throttled"
  | "internal"
  | "unavailable"
  | "offline"
  | "unexpected"
  | (string & {});

/** Every failure: a refusal of the service by its own `type` (docs/errors.md), "offline", or "unexpected" (not the service's answer). */
export class AuthError extends Error {
  constructor(type: ErrorType, message: string, details?: Partial<Omit<AuthError, "name" | "type" | "message">>);
  readonly name: "AuthError";
  readonly type: ErrorType;
  /** The HTTP status; 0 without an answer. */
  readonly status: number;
  readonly errors: { field: string; message: string }[];
  readonly errorCode?: string;
  readonly retryAfterSeconds?: number;
  readonly requestId?: string;
  /** Whose address is to be verified, with "verification_required". */
  readonly customerId?: string;
  /** The registration's, with "registration_incomplete". */
  readonly token?: string;
  /** What cancels the deletion without a code, with "account_deletion_pending" of a customer without a verified address. */
  readonly cancelToken?: string;
}
