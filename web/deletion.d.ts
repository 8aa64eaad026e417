/** The types of deletion.js. */

import type { Address, CustomerAuth } from "./customer-auth.js";

/** A deletion request as the service stores it. */
export interface DeletionRequest {
  id: string;
  customerId: string;
  reason: string | null;
  status: "pending" | "confirmed" | "cancelled" | "completed";
  /** When the account will be erased; until then the deletion can be cancelled. */
  deletionScheduledAt: Date;
  createdAt: Date;
  updatedAt: Date;
  cancelledAt: Date | null;
  completedAt: Date | null;
}

/** A requested code for the deletion, or the deletion itself if there is no verified address for a code. */
export type DeletionChallenge = { flow: "deletion"; reason?: string; resendAt: Date } & (
  | { challenge: string; expiresAt: Date; request: null }
  | { challenge: null; expiresAt: null; request: DeletionRequest }
);

/** A requested code that cancels a deletion; it looks the same if there is nothing to cancel. */
export interface CancellationChallenge {
  challenge: string;
  flow: "cancellation";
  phone?: string;
  email?: string;
  expiresAt: Date;
  resendAt: Date;
}

/**
 * Request the code that deletes the account of this session; call it again, from `resendAt` on, for another code. Customers without a
 * verified address need a sign-in in the last 5 minutes instead: the deletion is confirmed at once, and `request` contains it.
 */
export function requestDeletion(auth: CustomerAuth, why?: { reason?: string }): Promise<DeletionChallenge>;

/**
 * Confirm the deletion with the code. All sessions end. The first hourly run after `deletionScheduledAt` erases the account; until then you
 * can cancel.
 */
export function confirmDeletion(auth: CustomerAuth, requested: { challenge: string }, code: string): Promise<DeletionRequest>;

/** Request the code that cancels a deletion. The response never reveals whether the address is known or its account is to be deleted. */
export function requestCancellation(auth: CustomerAuth, address: Address): Promise<CancellationChallenge>;

/**
 * Cancel the deletion with the code, or without one by the `{ challenge: error.cancelToken }` of a refused sign-in. Throws
 * "account_deletion_pending" if the erasure has already begun.
 */
export function cancelDeletion(auth: CustomerAuth, requested: { challenge: string }, code?: string): Promise<DeletionRequest>;

/** Everything that the service stores about the customer, as it returns it. Needs a sign-in in the last 5 minutes. */
export function exportData(auth: CustomerAuth): Promise<Record<string, unknown>>;
