/** What a browser remembers about proven addresses. */

import assert from "node:assert/strict";
import test from "node:test";

import { Machine, PHONE, SENT, Service, signInResponse } from "./machine.js";

const VERIFY = "/login/mobile/verify";

const tab = (answers, options) => {
  const service = new Service(answers);
  return [new Machine().tab(service, options), service];
};

test("a proven address keeps its device, in every spelling of the same letters, even after logging out", async () => {
  const [auth, service] = tab({ "/login/mobile/send": SENT, [VERIFY]: signInResponse("1"), "/login/logout": {} });
  await auth.verifyCode(await auth.requestCode({ phone: "(415) 555-0123" }), "1");
  await auth.logout();

  for (const phone of ["415 555 0123", PHONE, "+1 415 555 0123"]) await auth.verifyCode(await auth.requestCode({ phone }), "2");
  await auth.requestCode({ phone: "+14155550199" });

  const devices = service.calls.filter(({ path }) => path !== "/login/logout").map(({ body }) => body.device);
  assert.deepEqual(devices, [undefined, undefined, ...Array(6).fill("device-1"), undefined]);
});

test("after logging out the storage contains no address", async () => {
  const machine = new Machine();
  const service = new Service({ "/login/mobile/send": SENT, [VERIFY]: signInResponse("1"), "/login/logout": {} });
  const auth = machine.tab(service);
  await auth.verifyCode(await auth.requestCode({ phone: PHONE }), "1");
  await auth.logout();

  assert.deepEqual([...machine.storage.keys()], ["customer-auth.devices"]);
  assert.doesNotMatch(machine.storage.get("customer-auth.devices"), /4155550123/);
});

test("forget removes devices and session without a call", async () => {
  const machine = new Machine();
  const service = new Service({ "/login/mobile/send": SENT, [VERIFY]: signInResponse("1") });
  const auth = machine.tab(service);
  await auth.verifyCode(await auth.requestCode({ phone: PHONE }), "1");
  const heard = [];
  auth.onChange((session) => heard.push(session));

  auth.forget();
  auth.forget();

  assert.deepEqual([heard, machine.storage.size, service.calls.length], [[null], 0, 2]);
});
