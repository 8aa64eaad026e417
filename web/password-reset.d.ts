/** The types of password-reset.js. */

/** Exactly one of them; the last two are an email if they contain an @. */
export type Lookup =
  | { email: string; phone?: undefined; identifier?: undefined; email_or_phone?: undefined }
  | { phone: string; email?: undefined; identifier?: undefined; email_or_phone?: undefined }
  | { identifier: string; email?: undefined; phone?: undefined; email_or_phone?: undefined }
  | { email_or_phone: string; email?: undefined; phone?: undefined; identifier?: undefined };

/** A client like the Medusa SDK's: it sends the body as JSON, returns the response as an object, and throws errors. */
export interface Client {
  fetch(path: string, init: { method: string; headers: Record<string, string>; body: object }): Promise<unknown>;
}

/** Either a client, or the service's address ("" is this page's origin). */
export type ResetOptions =
  | { client: Client; publishableApiKey?: string }
  | { client?: undefined; baseUrl?: string; publishableApiKey?: string; fetch?: typeof globalThis.fetch };

/** The service's error, thrown if there is no `client`; without a response, fetch throws its own TypeError. */
export interface Refused extends Error {
  type: string;
  status: number;
  errors: { field: string; message: string }[];
  retryAfterSeconds?: number;
}

/** `device` makes this browser a known device, if you store one; `locale` is the language of the message. */
export type RequestInput = Lookup & { device?: string; locale?: string };

export type CompleteInput = Lookup & { password: string; token: string };

export interface Completed {
  message: string;
  success: true;
  device?: string | null;
}

/** Request the link that sets a new password. The response never reveals whether the address is known, and neither does "throttled". */
export function requestPasswordReset(input: RequestInput, options?: ResetOptions): Promise<object>;

/** Set a new password with the token and the address of the link. Repeating the call after a lost response is the same attempt. */
export function completePasswordReset(input: CompleteInput, options?: ResetOptions): Promise<Completed>;

/** Returns `requestPasswordReset` bound to these options. */
export function createRequestPasswordReset(options?: ResetOptions): (input: RequestInput) => Promise<object>;

/** Returns `completePasswordReset` bound to these options. */
export function createCompletePasswordReset(options?: ResetOptions): (input: CompleteInput) => Promise<Completed>;
