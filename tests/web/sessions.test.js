import assert from "node:assert/strict";
import test from "node:test";
import { inspect } from "node:util";

import { CustomerAuth } from "../../web/customer-auth.js";
import { answer, BASE, entered, Machine, pair, passing, PHONE, SENT } from "./machine.js";
import { Service, signedIn, stopTime, token, unavailable, wrongProof } from "./machine.js";

const REFRESH = "/login/refresh";
const ORDERS = "/store/orders";
const MINUTE = 60_000;

/** Everything that a listener hears, by the ids of the tokens. */
function hearing(auth) {
  const heard = [];
  auth.onChange((session) => heard.push(session && session.claims.jti));
  return heard;
}

/** A service that gives each refresh token one successor and refuses it from then on; its responses take a second. */
function rotating(service, takes = 1_000) {
  let newest = 1;
  service.answers[REFRESH] = async ({ body }) => {
    const right = body.refreshToken === `refresh-${newest}`;
    if (right) newest += 1;
    await new Promise((resolve) => setTimeout(resolve, takes));
    return right ? pair(String(newest)) : wrongProof;
  };
}

test("a token is returned until thirty seconds before its end, then the next one", async (t) => {
  stopTime(t);
  const service = new Service({ [REFRESH]: pair("2") });
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
    rotating(service);
    t.mock.timers.tick(15 * MINUTE);

    const tokens = await passing(t, Promise.all([...Array(20)].map(() => auth.accessToken())));

    assert.deepEqual([new Set(tokens), service.to(REFRESH).length], [new Set([token("2")]), 1]);
  });
}

test("any number of tabs make one refresh, and all continue with its tokens", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine(), new Service()];
  const tabs = [await signedIn(machine, service), machine.tab(service), machine.tab(service)];
  rotating(service);
  t.mock.timers.tick(15 * MINUTE);

  const tokens = await passing(t, Promise.all(tabs.flatMap((tab) => [tab.accessToken(), tab.refresh().then(() => tab.accessToken())])));

  assert.deepEqual([new Set(tokens), service.to(REFRESH).length], [new Set([token("2")]), 1]);
});

test("without locks a tab whose token another one has used continues with the tokens that the other one stored", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine({ locks: false }), new Service()];
  const [one, two] = [await signedIn(machine, service), machine.tab(service)];
  rotating(service);

  const sessions = await passing(t, Promise.all([one.refresh(), two.refresh()]));

  assert.equal(service.to(REFRESH).length, 2);
  assert.deepEqual(sessions.map(({ claims }) => claims.jti), ["2", "2"]);
});

test("without locks a tab whose refresh got no response continues with the tokens that another tab stored", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine({ locks: false }), new Service()];
  const [one, two] = [await signedIn(machine, service), machine.tab(service)];
  service.answers[REFRESH] = ["lost", pair("2"), "lost"];

  const sessions = await passing(t, Promise.all([one.refresh(), two.refresh()]));

  assert.deepEqual(sessions.map(({ claims }) => claims.jti), ["2", "2"]);
});

test("a tab that never releases its lock is ignored after ten seconds", async (t) => {
  stopTime(t);
  const [machine, service] = [new Machine(), new Service()];
  const auth = await signedIn(machine, service);
  rotating(service);
  machine.locks.request("customer-auth", { signal: new AbortController().signal }, () => new Promise(() => {}));

  const session = await passing(t, auth.refresh());

  assert.equal(session.claims.jti, "2");
  assert.equal(service.to(REFRESH)[0].at, Date.UTC(2026, 0, 1) + 10_000);
});

test("a page that may not use locks works without them", async () => {
  const service = new Service({ [REFRESH]: pair("2") });
  const request = async () => {
    throw new DOMException("not here", "SecurityError");
  };
  const auth = await signedIn(new Machine(), service, { locks: { request } });

  assert.equal((await auth.refresh()).claims.jti, "2");
});

test("a refused refresh signs out and tells every tab", async () => {
  const [machine, service] = [new Machine(), new Service({ [REFRESH]: wrongProof })];
  const [one, two] = [await signedIn(machine, service), machine.tab(service)];
  const heard = [hearing(one), hearing(two)];

  assert.equal(await one.refresh(), null);

  assert.deepEqual(heard, [[null], [null]]);
  assert.deepEqual([one.session, two.session, await one.accessToken(), await two.refresh()], [null, null, null, null]);
});

for (const [what, failing] of [["a 503", unavailable], ["a lost answer", "lost"]]) {
  test(`${what} signs nobody out: it is retried, then thrown, and the next call can succeed`, async (t) => {
    stopTime(t);
    const service = new Service({ [REFRESH]: [failing, failing, failing, failing, pair("2")] });
    const auth = await signedIn(new Machine(), service);
    const heard = hearing(auth);
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
  rotating(service);

  const refreshing = one.refresh();
  service.answers["/login/mobile/verify"] = entered("new");
  await two.verifyCode(await two.requestCode({ phone: PHONE }), "1");

  assert.equal((await passing(t, refreshing)).claims.jti, "new");
  assert.equal(two.session.claims.jti, "new");
});

test("other tabs hear of a sign-in, a refresh and a sign-out; a removed listener hears nothing", async () => {
  const [machine, service] = [new Machine(), new Service({ [REFRESH]: pair("2"), "/login/logout": {} })];
  const two = machine.tab(service);
  const heard = hearing(two);
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
  const heard = hearing(auth);
  service.answers = { "/login/mobile/send": SENT, "/login/mobile/verify": entered("1") };

  await auth.verifyCode(await auth.requestCode({ phone: PHONE }), "1");

  assert.deepEqual(heard, ["1"]);
  assert.throws(() => t.mock.timers.tick(1), /a listener's own/);
});

for (const everywhere of [false, true]) {
  test(`logging out${everywhere ? " everywhere" : ""} ends the newest session and stores nothing of it`, async () => {
    const [machine, service] = [new Machine(), new Service({ [REFRESH]: pair("2"), "/login/logout": { success: true } })];
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

test("fetch sends the token to a path of the service, with the app's own headers and body", async () => {
  const service = new Service({ [ORDERS]: { orders: [] } });
  const auth = await signedIn(new Machine(), service);

  const response = await auth.fetch(ORDERS, { method: "POST", body: '{"a":1}', headers: { "x-shop": "1" } });

  assert.deepEqual(await response.json(), { orders: [] });
  const [{ headers, body, origin }] = service.to(ORDERS);
  assert.deepEqual([headers.authorization, headers["x-shop"], body, origin], [`Bearer ${token("1")}`, "1", { a: 1 }, BASE]);
});

test("fetch repeats a call with the next token and the same body when the first token is refused", async () => {
  const refused = answer(401, { type: "not_authenticated" });
  const service = new Service({ [REFRESH]: pair("2"), [ORDERS]: [refused, { ok: true }, refused] });
  const auth = await signedIn(new Machine(), service);

  const response = await auth.fetch(new Request(BASE + ORDERS, { method: "PUT", body: '{"a":1}' }));
  assert.equal(response.status, 200);
  assert.deepEqual(service.to(ORDERS).map(({ headers, body }) => [headers.authorization, body]), [
    [`Bearer ${token("1")}`, { a: 1 }],
    [`Bearer ${token("2")}`, { a: 1 }],
  ]);

  service.answers[REFRESH] = wrongProof;
  assert.equal((await auth.fetch(ORDERS)).status, 401);
  assert.deepEqual([service.to(ORDERS).length, auth.session], [3, null]);
});

test("calls that are refused together make one refresh", async (t) => {
  stopTime(t);
  const service = new Service({ [ORDERS]: ({ headers }) => (headers.authorization.endsWith("2") ? { ok: true } : answer(401, {})) });
  const auth = await signedIn(new Machine(), service);
  rotating(service);

  const responses = await passing(t, Promise.all([...Array(5)].map(() => auth.fetch(ORDERS))));

  assert.deepEqual([responses.map(({ status }) => status), service.to(REFRESH).length], [Array(5).fill(200), 1]);
});

test("without a session fetch carries no token", async () => {
  const service = new Service({ [ORDERS]: answer(401, {}) });
  const auth = new Machine().tab(service);

  assert.equal((await auth.fetch(ORDERS)).status, 401);
  assert.equal(service.calls[0].headers.authorization, undefined);
});

test("no token goes to an origin that was not named", async () => {
  const api = "https://api.example.com";
  const service = new Service({ [ORDERS]: {} });
  const auth = await signedIn(new Machine(), service, { origins: [api] });

  const others = ["https://evil.example", "//evil.example", "/\\evil.example", `${BASE}.evil.example`, "http://auth.example.com"];
  for (const url of others) {
    await auth.fetch(url + ORDERS).catch((error) => assert.ok(error instanceof TypeError, error));
  }
  assert.equal((await auth.fetch(api + ORDERS)).status, 200);

  assert.deepEqual(service.to(ORDERS).map(({ origin }) => origin), [api]);
  assert.ok(service.calls.every(({ origin }) => [api, BASE].includes(origin)));
});

test("a fetch without a response is offline, and one that the app aborts throws the app's error", async () => {
  const service = new Service({ [ORDERS]: "lost" });
  const auth = await signedIn(new Machine(), service);

  await assert.rejects(auth.fetch(ORDERS), { type: "offline" });
  await assert.rejects(auth.fetch(ORDERS, { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("the session is one object until it changes", async () => {
  const service = new Service({ [REFRESH]: pair("2") });
  const auth = await signedIn(new Machine(), service);

  const { session } = auth;
  assert.equal(auth.session, session);
  await auth.refresh();
  assert.notEqual(auth.session, session);
});

test("without a storage the session is in memory, and a damaged stored session counts as none", async () => {
  const service = new Service({ "/login/mobile/send": SENT, "/login/mobile/verify": entered("1") });
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
  const [machine, service] = [new Machine(), new Service({ [REFRESH]: pair("2") })];
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
