/** The types of password-reset.js. */

/** Exactly one of them; the two last name an email where there is an @. */
export type Lookup =
  | { email: string; phone?: undefined; identifier?: undefined; email_or_phone?: undefined }
  | { phone: string; email?: undefined; identifier?: undefined; email_or_phone?: undefined }
  | { identifier: string; email?: undefined; phone?: undefined; email_or_phone?: undefined }
  | { email_or_phone: string; email?: undefined; phone?: undefined; identifier?: undefined };

/** A client like the Medusa SDK's: it writes the body as JSON, gives the answer as an object, and throws a refusal. */
export interface Client {
  fetch(path: string, init: { method: string; headers: Record<string, string>; body: object }): Promise<unknown>;
}

/** Either a client, or where the service answers ("" is this page's origin). */
export type ResetOptions =
  | { client: Client; publishableApiKey?: string }
  | { client?: undefined; baseUrl?: string; publishableApiKey?: string; fetch?: typeof globalThis.fetch };

/** What is thrown without a client where the service refuses, beside fetch's own TypeError where there was no answer. */
export interface Refused extends Error {
  type: string;
  status: number;
  errors: { field: string; message: string }[];
  retryAfterSeconds?: number;
}

/** `device` is what makes this browser known, where one is kept; `locale` is the language of the message. */
export type RequestInput = Lookup & { device?: string; locale?: string };

export type CompleteInput = Lookup & { password: string; token: string };

export interface Completed {
  message: string;
  success: true;
  device?: string | null;
}

/** Ask for the link that sets a new password. It never tells whether the address is known; "throttled" is told of both. */
export function requestPasswordReset(input: RequestInput, options?: ResetOptions): Promise<object>;

/** Set a new password, by the token and the address of the link. The same again, after a lost answer, is the same try. */
export function completePasswordReset(input: CompleteInput, options?: ResetOptions): Promise<Completed>;

/** `requestPasswordReset` with its options in it. */
export function createRequestPasswordReset(options?: ResetOptions): (input: RequestInput) => Promise<object>;

/** `completePasswordReset` with its options in it. */
export function createCompletePasswordReset(options?: ResetOptions): (input: CompleteInput) => Promise<Completed>;
