/** Where the session is stored, and that no token can be seen elsewhere. */

import assert from "node:assert/strict";
import test from "node:test";
import { inspect } from "node:util";

import { CustomerAuth } from "../../web/customer-auth.js";
import { BASE, Machine, passing, PHONE, SENT, Service, signedIn, signInResponse, stopTime, tokenPair } from "./machine.js";

const REFRESH = "/login/refresh";

test("the session is one object until it changes", async () => {
  const service = new Service({ [REFRESH]: tokenPair("2") });
  const auth = await signedIn(new Machine(), service);

  const { session } = auth;
  assert.equal(auth.session, session);
  await auth.refresh();
  assert.notEqual(auth.session, session);
});

test("without a storage the session is in memory, and a damaged stored session counts as none", async () => {
  const service = new Service({ "/login/mobile/send": SENT, "/login/mobile/verify": signInResponse("1") });
  const auth = new CustomerAuth({ baseUrl: BASE, fetch: service.fetch, locks: { request: async (_name, _options, work) => work() } });
  await auth.verifyCode(await auth.requestCode({ phone: PHONE }), "1");
  assert.equal(auth.session.claims.jti, "1");

  for (const spoilt of ["", "{", "[]", "null", '"text"', '{"token":"a.b.c"}']) {
    const machine = new Machine();
    machine.storage.set("customer-auth", spoilt);
    assert.equal(machine.tab(service).session, null);
  }
});

test("with a full storage this tab stays signed in, and other tabs get no outdated token", async () => {
  const [machine, service] = [new Machine(), new Service({ [REFRESH]: tokenPair("2") })];
  const auth = await signedIn(machine, service);
  machine.areas[0].setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };

  await auth.refresh();

  assert.equal(auth.session.claims.jti, "2");
  assert.equal(machine.storage.has("customer-auth"), false);
});

test("no token can be seen on the client, its session or its errors", async (t) => {
  stopTime(t);
  const service = new Service({ [REFRESH]: "lost" });
  const auth = await signedIn(new Machine(), service);
  const failure = await passing(t, auth.refresh()).catch((error) => error);

  const shown = [auth, auth.session, failure].map((each) => inspect(each, { depth: 9 }) + JSON.stringify(each)).join();
  assert.doesNotMatch(shown, /refresh-1|eyJ|device-1/);
});
