/** Fixtures of the tests of deletions: what the service answers, and the clients that call it. */

import { Machine, Service, signedInClient, wrongProof } from "./machine.js";

const DELETION = "/store/customers/account-deletion";
export const PATHS = {
  request: `${DELETION}/request`,
  confirm: `${DELETION}/confirm`,
  requestCancellation: `${DELETION}/cancel-request`,
  cancel: `${DELETION}/cancel-confirm`,
};
export const EMAIL = "ada@example.com";
export const CODE_SENT = { token: "ch_1", expires_at: "2026-01-01T00:10:00Z", request: null };
export const REQUEST_BODY = {
  id: "adr_1",
  customer_id: "cus_1",
  reason: null,
  status: "confirmed",
  deletion_scheduled_at: "2026-01-08T00:00:00Z",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  cancelled_at: null,
  completed_at: null,
};
export const DELETION_REQUEST = {
  id: "adr_1",
  customerId: "cus_1",
  reason: null,
  status: "confirmed",
  deletionScheduledAt: new Date("2026-01-08T00:00:00Z"),
  createdAt: new Date("2026-01-01T00:00:00Z"),
  updatedAt: new Date("2026-01-01T00:00:00Z"),
  cancelledAt: null,
  completedAt: null,
};

/** A signed-in client whose session the service ends with the deletion. */
export const signedInMember = (answers = {}, options) => signedInClient({ "/login/refresh": wrongProof, ...answers }, options);

/** A client without a session, and its service. */
export function signedOutClient(answers, options) {
  const service = new Service(answers);
  return [new Machine().tab(service, options), service];
}
