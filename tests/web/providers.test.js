/** Signing in by a provider, and the providers of an account. */

import assert from "node:assert/strict";
import test from "node:test";

import { exchangeProvider, identities, removeIdentity, startProvider } from "../../web/providers.js";
import { answer, heardBy, Machine, passing, Service, signedInClient, signInResponse, stopTime, token, unavailable, wrongProof } from "./machine.js";

const START = "/login/google/start";
const EXCHANGE = "/login/google/exchange";
const IDENTITIES = "/store/customers/me/identities";
const PAGE = "https://shop.example.com/account/";
const STARTED = { success: true, message: "Google OAuth started", authUrl: "https://provider.example/auth", state: "st", binding: "bi" };
const BROUGHT = { code: "4/0AfJoh", state: "st" };
const GRACE = { userId: "cus_1", email: "grace@gmail.com", phone: null, name: "Grace", verifiedEmail: true, verifiedPhone: false };

const refusal = (status, type) => answer(status, { success: false, type, message: "…", request_id: "r" });

function client(answers, options) {
  const service = new Service(answers);
  return [new Machine().tab(service, options), service];
}

test("a sign-in begins with cookies, and returns where to go", async () => {
  const [auth, service] = client({ [START]: STARTED });

  assert.deepEqual(await startProvider(auth, "google", { redirectUrl: PAGE }), { authUrl: STARTED.authUrl, state: "st", binding: "bi" });

  const [{ method, body, credentials }] = service.calls;
  assert.deepEqual([method, body, credentials], ["POST", { redirectUrl: PAGE }, "include"]);
});

test("what came back signs in, with cookies and without an access token", async () => {
  const [auth, service] = client({ [EXCHANGE]: signInResponse("1", { user: GRACE }) });
  const heard = heardBy(auth);

  const session = await exchangeProvider(auth, "google", BROUGHT);

  assert.deepEqual([session.registered, session.customer.email, auth.session.customer.name, heard], [true, "grace@gmail.com", "Grace", ["1"]]);
  const [{ body, credentials, headers }] = service.calls;
  assert.deepEqual([body, credentials, headers.authorization], [BROUGHT, "include", undefined]);
});

test("the device of a sign-in by a provider is known when its address requests a code", async () => {
  const [auth, service] = client({ [EXCHANGE]: signInResponse("1", { user: GRACE }), "/login/email/send": { challenge: "ch_1" } });
  await exchangeProvider(auth, "google", BROUGHT);

  await auth.requestCode({ email: "Grace@gmail.com" });

  assert.equal(service.calls[1].body.device, "device-1");
});

test("a page of another site brings the binding itself, and a referral code goes along", async () => {
  const [auth, service] = client({ [EXCHANGE]: signInResponse("1") });

  await exchangeProvider(auth, "google", { ...BROUGHT, binding: "bi", referralCode: "ABC" });

  assert.deepEqual(service.calls[0].body, { ...BROUGHT, binding: "bi", referralCode: "ABC" });
});

test("a signed-in customer who signs in by a provider sends no access token unless the provider is added", async () => {
  const [auth, service] = await signedInClient({ [EXCHANGE]: [signInResponse("2"), signInResponse("3")] });

  await exchangeProvider(auth, "google", BROUGHT);
  await exchangeProvider(auth, "google", { ...BROUGHT, code: "other", add: true });

  assert.deepEqual(service.calls.map(({ headers }) => headers.authorization), [undefined, `Bearer ${token("2")}`]);
  assert.equal(auth.session.claims.jti, "3");
});

test("without a session nothing is added, and nobody is signed up by mistake", async () => {
  const [auth, service] = client({ [EXCHANGE]: signInResponse("1") });

  await assert.rejects(exchangeProvider(auth, "google", { ...BROUGHT, add: true }), { type: "not_authenticated", status: 401 });

  assert.deepEqual([service.calls, auth.session], [[], null]);
});

test("a session that has ended elsewhere is found out when a provider is added, and the code is not used for a sign-in", async () => {
  const [auth, service] = await signedInClient({ [EXCHANGE]: refusal(401, "not_authenticated"), "/login/refresh": wrongProof });

  await assert.rejects(exchangeProvider(auth, "google", { ...BROUGHT, add: true }), { type: "not_authenticated" });

  assert.deepEqual([service.to(EXCHANGE).length, auth.session], [1, null]);
});

test("after lost responses the same code is the same attempt, in one call or in two", async (t) => {
  stopTime(t);
  const [auth, service] = client({ [EXCHANGE]: ["lost", "lost", "lost", unavailable, signInResponse("1")] });

  await assert.rejects(passing(t, exchangeProvider(auth, "google", BROUGHT)), { type: "offline" });
  await passing(t, exchangeProvider(auth, "google", BROUGHT));
  service.answers[EXCHANGE] = signInResponse("2");
  await passing(t, exchangeProvider(auth, "google", { ...BROUGHT, state: "st2" }));

  const keys = service.calls.map(({ headers }) => headers["idempotency-key"]);
  assert.deepEqual([keys.length, new Set(keys.slice(0, 5)).size, new Set(keys).size], [6, 1, 2]);
});

for (const [status, type] of [[502, "provider_error"], [504, "provider_timeout"]]) {
  test(`a provider that fails (${type}) is said to have, and is not called again by itself`, async () => {
    const [auth, service] = client({ [EXCHANGE]: refusal(status, type), [START]: refusal(status, type) });

    await assert.rejects(exchangeProvider(auth, "google", BROUGHT), { type, status });
    await assert.rejects(startProvider(auth, "google", { redirectUrl: PAGE }), { type, status });

    assert.equal(service.calls.length, 2);
  });
}

test("the customer's providers are listed with dates", async () => {
  const listed = { identities: [{ provider: "apple", email: null, linked_at: "2026-01-02T00:00:00Z" }] };
  const [auth, service] = await signedInClient({ [IDENTITIES]: listed });

  assert.deepEqual(await identities(auth), [{ provider: "apple", email: null, linkedAt: new Date("2026-01-02T00:00:00Z") }]);

  assert.deepEqual([service.calls[0].method, service.calls[0].headers.authorization], ["GET", `Bearer ${token("1")}`]);
});

test("a provider is removed, unless it is the last way in or the sign-in is too old", async () => {
  const path = `${IDENTITIES}/google`;
  const [auth, service] = await signedInClient({
    [path]: [answer(200, {}), refusal(409, "last_identity"), refusal(403, "reauthentication_required")],
  });

  await removeIdentity(auth, "google");
  await assert.rejects(removeIdentity(auth, "google"), { type: "last_identity" });
  await assert.rejects(removeIdentity(auth, "google"), { type: "reauthentication_required" });

  assert.deepEqual(service.calls.map(({ method }) => method), ["DELETE", "DELETE", "DELETE"]);
});

test("the name of a provider cannot lead to another path", async () => {
  const [auth, service] = client({});

  await assert.rejects(startProvider(auth, "../logout?", { redirectUrl: PAGE }), { status: 404 });

  assert.equal(service.calls[0].path, "/login/..%2Flogout%3F/start");
});
