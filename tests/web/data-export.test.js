/** Exporting a customer's data. */

import assert from "node:assert/strict";
import test from "node:test";

import { exportData } from "../../web/deletion.js";
import { answer, passing, stopTime, token, unavailable } from "./machine.js";
import { signedInMember } from "./deletions.js";

const EXPORT = "/store/customers/me/export";

test("a customer's data is returned as the service writes it, and none of it is stored", async (t) => {
  stopTime(t);
  const held = { customer: { id: "cus_1", first_name: "Grace" }, sessions: [{ last_used_at: "2026-01-01T00:00:00Z" }], expires_at: "x" };
  const [auth, service] = await signedInMember({ [EXPORT]: [unavailable, held] });

  const document = await passing(t, exportData(auth));

  assert.deepEqual(document, held);
  assert.equal(auth.session.customer.name, "Ada");
  assert.deepEqual([service.calls[1].method, service.calls[1].headers.authorization], ["GET", `Bearer ${token("1")}`]);
});

test("a customer's data is returned only after a recent sign-in, and only as JSON", async () => {
  const old = { success: false, type: "reauthentication_required", message: "Sign in again first", request_id: "r" };
  const [auth] = await signedInMember({ [EXPORT]: [answer(403, old), answer(200, "<html>")] });

  await assert.rejects(exportData(auth), { type: "reauthentication_required", status: 403 });
  await assert.rejects(exportData(auth), { type: "unexpected", status: 200 });
});
