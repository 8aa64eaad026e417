/** Refreshing the session: once for all callers and tabs, and without losing it when responses are lost. */

import assert from "node:assert/strict";
import test from "node:test";

import { heardBy, Machine, passing, PHONE, rotateTokens } from "./machine.js";
import { Service, signedIn, signInResponse, stopTime, token, tokenPair, unavailable } from "./machine.js";

const REFRESH = "/login/refresh";
const MINUTE = 60_000;

test("a token is returned until thirty seconds before its end, then the next one", async (t) => {
  stopTime(t);
  const service = new Service({ [REFRESH]: tokenPair("2") });
  const auth = await signedIn(new Machine(), service);

  t.mock.timers.tick(15 * MINUTE - 30_000);
  assert.equal(await auth.accessToken(), token("1"));
  t.mock.timers.tick(1);
  assert.equal(await auth.accessToken(), token("2"));

  assert.deepEqual(service.to(REFRESH).map(({ body }) => body), [{ refreshToken: "refresh-1" }]);
  assert.deepEqual(auth.session.customer.name, "Ada");
});

for (const locks of [true, false]) {
  test(`any number of calls in a tab make one refresh, ${locks ? "with" : "without"} locks`, async (t) => {
    stopTime(t);
    const service = new Service();
    const auth = await signedIn(new Machine({ locks }), service);
    rotateTokens(service);
    t.mock.timers.tick(15 * MINUTE);

    const tokens = await passing(t, Promise.all([...Array(20)].map(() => auth.accessToken())));

    assert.deepEqual([new Set(tokens), service.to(REFRESH).length], [new Set([token("2")]), 1]);
  });
}

test("any number of tabs make one refresh, and all continue with its tokens", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine(), new Service()];
  const tabs = [await signedIn(machine, service), machine.tab(service), machine.tab(service)];
  rotateTokens(service);
  t.mock.timers.tick(15 * MINUTE);

  const tokens = await passing(t, Promise.all(tabs.flatMap((tab) => [tab.accessToken(), tab.refresh().then(() => tab.accessToken())])));

  assert.deepEqual([new Set(tokens), service.to(REFRESH).length], [new Set([token("2")]), 1]);
});

test("without locks a tab whose token another one has used continues with the tokens that the other one stored", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine({ locks: false }), new Service()];
  const [one, two] = [await signedIn(machine, service), machine.tab(service)];
  rotateTokens(service);

  const sessions = await passing(t, Promise.all([one.refresh(), two.refresh()]));

  assert.equal(service.to(REFRESH).length, 2);
  assert.deepEqual(sessions.map(({ claims }) => claims.jti), ["2", "2"]);
});

test("without locks a tab whose refresh got no response continues with the tokens that another tab stored", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine({ locks: false }), new Service()];
  const [one, two] = [await signedIn(machine, service), machine.tab(service)];
  service.answers[REFRESH] = ["lost", tokenPair("2"), "lost"];

  const sessions = await passing(t, Promise.all([one.refresh(), two.refresh()]));

  assert.deepEqual(sessions.map(({ claims }) => claims.jti), ["2", "2"]);
});

test("a tab that never releases its lock is ignored after ten seconds", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine(), new Service()];
  const auth = await signedIn(machine, service);
  rotateTokens(service);
  machine.locks.request("customer-auth", { signal: new AbortController().signal }, () => new Promise(() => {}));

  const session = await passing(t, auth.refresh());

  assert.equal(session.claims.jti, "2");
  assert.equal(service.to(REFRESH)[0].at, Date.UTC(2026, 0, 1) + 10_000);
});

test("a page that may not use locks works without them", async () => {
  const service = new Service({ [REFRESH]: tokenPair("2") });
  const request = async () => {
    throw new DOMException("not here", "SecurityError");
  };
  const auth = await signedIn(new Machine(), service, { locks: { request } });

  assert.equal((await auth.refresh()).claims.jti, "2");
});

for (const [what, failing] of [["a 503", unavailable], ["a lost answer", "lost"]]) {
  test(`${what} signs nobody out: it is retried, then thrown, and the next call can succeed`, async (t) => {
    stopTime(t);
    const service = new Service({ [REFRESH]: [failing, failing, failing, failing, tokenPair("2")] });
    const auth = await signedIn(new Machine(), service);
    const heard = heardBy(auth);
    t.mock.timers.tick(15 * MINUTE);

    await assert.rejects(passing(t, auth.accessToken()), { type: failing === "lost" ? "offline" : "unavailable" });
    assert.equal(service.to(REFRESH).length, 3);
    assert.deepEqual([heard, auth.session.claims.jti], [[], "1"]);

    assert.equal(await passing(t, auth.accessToken()), token("2"));
    assert.deepEqual(heard, ["2"]);
  });
}

test("every retry of a refresh comes within the service's ten seconds of grace", async (t) => {
  stopTime(t);
  const never = ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const service = new Service({ [REFRESH]: never });
  const auth = await signedIn(new Machine(), service);

  await assert.rejects(passing(t, auth.refresh()), { type: "offline" });

  const [first, ...again] = service.to(REFRESH).map(({ at }) => at);
  assert.ok(again.length >= 1 && again.at(-1) - first < 10_000);
});

test("a machine that was asleep between two tries does not send an old refresh token again", async (t) => {
  stopTime(t);
  const service = new Service({ [REFRESH]: "lost" });
  const auth = await signedIn(new Machine(), service);

  const refreshing = auth.refresh();
  refreshing.catch(() => {});
  while (service.to(REFRESH).length === 0) await new Promise(setImmediate);
  for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
  t.mock.timers.tick(MINUTE);

  await assert.rejects(refreshing, { type: "offline" });
  assert.equal(service.to(REFRESH).length, 1);
});

test("a token's end is by this machine's clock, however far it is from the service's", async (t) => {
  stopTime(t);
  t.mock.timers.tick(10 * 365 * 24 * 60 * MINUTE);
  const service = new Service();
  const auth = await signedIn(new Machine(), service);

  assert.equal(await auth.accessToken(), token("1"));
  assert.equal(auth.session.expiresAt - Date.now(), 15 * MINUTE);
  assert.equal(service.to(REFRESH).length, 0);
});

test("a sign-in during the refresh of the old session wins", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine(), new Service()];
  const [one, two] = [await signedIn(machine, service), machine.tab(service)];
  rotateTokens(service);

  const refreshing = one.refresh();
  service.answers["/login/mobile/verify"] = signInResponse("new");
  await two.verifyCode(await two.requestCode({ phone: PHONE }), "1");

  assert.equal((await passing(t, refreshing)).claims.jti, "new");
  assert.equal(two.session.claims.jti, "new");
});
