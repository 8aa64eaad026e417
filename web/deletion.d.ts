/** The types of deletion.js. */

import type { Address, CustomerAuth } from "./customer-auth.js";

/** A deletion as the service keeps it. */
export interface DeletionRequest {
  id: string;
  customerId: string;
  reason: string | null;
  status: "pending" | "confirmed" | "cancelled" | "completed";
  /** When the account is erased; until then it may be kept. */
  deletionScheduledAt: Date;
  createdAt: Date;
  updatedAt: Date;
  cancelledAt: Date | null;
  completedAt: Date | null;
}

/** A code for the deletion that was asked for, or the deletion itself where there is nobody to send a code to. */
export type DeletionAsked = { flow: "deletion"; reason?: string; resendAt: Date } & (
  | { challenge: string; expiresAt: Date; request: null }
  | { challenge: null; expiresAt: null; request: DeletionRequest }
);

/** A code that was asked for to keep an account, or would have been if there were one to keep. */
export interface CancellationAsked {
  challenge: string;
  flow: "cancellation";
  phone?: string;
  email?: string;
  expiresAt: Date;
  resendAt: Date;
}

/**
 * Ask for the code that deletes the account of who is signed in; the same again, from `resendAt` on, asks for another. Where no address is
 * proven there is no code: after a sign-in in the last 5 minutes the account is deleted at once, and `request` says until when.
 */
export function requestDeletion(auth: CustomerAuth, why?: { reason?: string }): Promise<DeletionAsked>;

/** Delete the account by the code. It is erased at `deletionScheduledAt` and may be kept until then; every session has ended. */
export function confirmDeletion(auth: CustomerAuth, asked: { challenge: string }, code: string): Promise<DeletionRequest>;

/** Ask for the code that keeps an account. It never tells whether the address is known, or its account is to be deleted. */
export function requestCancellation(auth: CustomerAuth, address: Address): Promise<CancellationAsked>;

/**
 * Keep the account by the code, or, as `{ challenge: error.cancelToken }`, without one. Throws "account_deletion_pending" where the
 * erasure has begun already.
 */
export function cancelDeletion(auth: CustomerAuth, asked: { challenge: string }, code?: string): Promise<DeletionRequest>;

/** All that is held on who is signed in, as the service writes it. Needs a sign-in in the last 5 minutes. */
export function exportData(auth: CustomerAuth): Promise<Record<string, unknown>>;
