/** The app's own calls with the access token. */

import assert from "node:assert/strict";
import test from "node:test";

import { answer, BASE, Machine, passing, rotateTokens, Service, signedIn, stopTime, token, tokenPair, wrongProof } from "./machine.js";

const REFRESH = "/login/refresh";
const ORDERS = "/store/orders";

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
  const service = new Service({ [REFRESH]: tokenPair("2"), [ORDERS]: [refused, { ok: true }, refused] });
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
  rotateTokens(service);

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
