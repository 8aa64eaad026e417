/** How a session ends, and who hears of its changes. */

import assert from "node:assert/strict";
import test from "node:test";

import { heardBy, Machine, passing, PHONE, SENT, Service, signedIn, signInResponse, stopTime, tokenPair, wrongProof } from "./machine.js";

const REFRESH = "/login/refresh";

test("a refused refresh signs out and tells every tab", async () => {
  const [machine, service] = [new Machine(), new Service({ [REFRESH]: wrongProof })];
  const [one, two] = [await signedIn(machine, service), machine.tab(service)];
  const heard = [heardBy(one), heardBy(two)];

  assert.equal(await one.refresh(), null);

  assert.deepEqual(heard, [[null], [null]]);
  assert.deepEqual([one.session, two.session, await one.accessToken(), await two.refresh()], [null, null, null, null]);
});

test("other tabs hear of a sign-in, a refresh and a sign-out; a removed listener hears nothing", async () => {
  const [machine, service] = [new Machine(), new Service({ [REFRESH]: tokenPair("2"), "/login/logout": {} })];
  const two = machine.tab(service);
  const heard = heardBy(two);
  const muted = [];
  two.onChange((session) => muted.push(session))();

  const one = await signedIn(machine, service);
  await one.refresh();
  await one.logout();
  machine.tell(null, undefined); // the whole storage was cleared

  assert.deepEqual([heard, muted], [["1", "2", null, null], []]);
});

test("without listeners a client does not listen to the window", async () => {
  const machine = new Machine();
  const auth = machine.tab(new Service());
  const heard = [];
  const listener = (session) => heard.push(session);
  const ends = [auth.onChange(listener), auth.onChange(listener)];

  ends[0]();
  ends[0]();
  machine.tell("customer-auth", undefined);
  assert.deepEqual([heard, machine.listeners.size], [[null], 1]);
  ends[1]();
  assert.equal(machine.listeners.size, 0);
});

test("a listener that fails stops neither the others nor the sign-in", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine(), new Service()];
  const auth = machine.tab(service);
  auth.onChange(() => {
    throw new Error("a listener's own");
  });
  const heard = heardBy(auth);
  service.answers = { "/login/mobile/send": SENT, "/login/mobile/verify": signInResponse("1") };

  await auth.verifyCode(await auth.requestCode({ phone: PHONE }), "1");

  assert.deepEqual(heard, ["1"]);
  assert.throws(() => t.mock.timers.tick(1), /a listener's own/);
});

for (const everywhere of [false, true]) {
  test(`logging out${everywhere ? " everywhere" : ""} ends the newest session and stores nothing of it`, async () => {
    const [machine, service] = [new Machine(), new Service({ [REFRESH]: tokenPair("2"), "/login/logout": { success: true } })];
    const auth = await signedIn(machine, service);
    await Promise.all([auth.refresh(), auth.logout({ everywhere })]);

    assert.deepEqual(service.to("/login/logout").map(({ body }) => body), [{ refreshToken: "refresh-2", everywhere }]);
    assert.equal(auth.session, null);
    await auth.logout({ everywhere });
    assert.equal(service.to("/login/logout").length, 1);
  });
}

test("logging out of an ended session succeeds, but logging out everywhere says that other sessions may remain", async () => {
  const service = new Service({ "/login/logout": wrongProof });

  const auth = await signedIn(new Machine(), service);
  await auth.logout();
  assert.equal(auth.session, null);

  const other = await signedIn(new Machine(), service);
  await assert.rejects(other.logout({ everywhere: true }), { type: "wrong_proof" });
  assert.equal(other.session, null);
});

test("without a connection to the service nobody is logged out", async (t) => {
  stopTime(t);
  const service = new Service({ "/login/logout": "lost" });
  const auth = await signedIn(new Machine(), service);

  await assert.rejects(passing(t, auth.logout()), { type: "offline" });
  assert.equal(auth.session.claims.jti, "1");
});
