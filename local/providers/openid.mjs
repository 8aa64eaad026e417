// An OpenID provider by oidc-provider, which acts as Google or as Apple.

import { generateKeyPairSync, verify } from "node:crypto";

import { chooserPage, chosenPerson, escaped, page, personById, sendJson, sendPage, titleOf } from "./people.mjs";

const CLAIMS = {
  google: ({ email, name, firstName, lastName }) => ({ email, email_verified: true, name, given_name: firstName, family_name: lastName }),
  apple: ({ mailbox }) => ({ email: relay(mailbox), email_verified: "true", is_private_email: "true" }), // as texts
};
const SCOPES = { google: ["openid", "email", "profile"], apple: ["openid", "email", "name"] };
const CANCELLED = { google: "access_denied", apple: "user_cancelled_authorize" };

// The service's clock may be moved ahead by years, and the providers' stays where it is.
const TEN_YEARS = 10 * 366 * 86_400;

const relay = (mailbox) => `${mailbox}@privaterelay.appleid.com`;

/**
 * What answers the requests to `issuer`. `client` is {id, secret, redirectUris}; at Apple, in place of a secret, {teamId, keyId, publicKey}
 * (SPKI, PEM), because there a client proves itself by a signed token.
 */
export function openIdProvider(Provider, kind, issuer, client) {
  const provider = new Provider(issuer, configuration(kind, client));
  if (kind === "apple") {
    provider.Client.prototype.compareClientSecret = (token) => isClientSecret(token, client, issuer);
    provider.use(addNames(new Set()));
  }
  const tokens = watchRefreshTokens(provider);
  return async (request, response) => {
    dropSession(request, kind);
    const { pathname } = new URL(request.url, issuer);
    if (pathname === "/") sendPage(response, tokensPage(kind, tokens));
    else if (pathname === "/tokens") sendJson(response, 200, [...tokens.values()]);
    else if (!pathname.startsWith("/interaction/")) provider.callback()(request, response);
    else if (request.method === "GET") sendPage(response, chooserPage(kind, pathname));
    else provider.interactionFinished(request, response, await resultOf(kind, request), { mergeWithLastSubmission: false });
  };
}

function configuration(kind, client) {
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret ?? "a signed token",
        redirect_uris: client.redirectUris,
        token_endpoint_auth_method: "client_secret_post",
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    jwks: { keys: [signingKey(kind)] },
    responseTypes: ["code"],
    pkce: { required: () => true },
    conformIdTokenClaims: false, // the claims of the scopes are in the ID token
    cookies: { keys: [kind], names: { session: `${kind}_session`, interaction: `${kind}_interaction`, resume: `${kind}_resume` } }, // ports share cookies
    scopes: SCOPES[kind],
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified", "is_private_email"],
      ...(kind === "google" && { profile: ["name", "given_name", "family_name"] }),
    },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    issueRefreshToken: () => kind === "apple",
    expiresWithSession: () => false,
    ttl: { AccessToken: 3600, AuthorizationCode: 600, Grant: TEN_YEARS, IdToken: TEN_YEARS, Interaction: 600, RefreshToken: TEN_YEARS, Session: 600 },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...CLAIMS[kind](personById(id)) }) }),
    loadExistingGrant: grantAtOnce,
  };
}

function signingKey(kind) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: `${kind}-1` };
}

/** Nobody stays signed in, so that each sign-in asks who it is. */
function dropSession({ headers }, kind) {
  headers.cookie = headers.cookie?.replace(new RegExp(`${kind}_session(\\.sig)?=[^;]*;? ?`, "g"), "");
}

/** Consent is not asked for. */
async function grantAtOnce({ oidc }) {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope([...oidc.requestParamScopes].join(" "));
  await grant.save();
  return grant;
}

async function resultOf(kind, request) {
  const person = await chosenPerson(request);
  return person ? { login: { accountId: person.id } } : { error: CANCELLED[kind] };
}

/** Whether it is the ES256 token that Apple asks for. */
function isClientSecret(token, { id, teamId, keyId, publicKey }, issuer) {
  const [header, claims, signature] = String(token).split(".");
  const read = (part) => JSON.parse(Buffer.from(part, "base64url"));
  const [{ alg, kid }, { iss, sub, aud, exp }] = [read(header), read(claims)];
  const isOurs = alg === "ES256" && kid === keyId && iss === teamId && sub === id && aud === issuer && exp > Date.now() / 1000;
  const key = { key: publicKey, dsaEncoding: "ieee-p1363" };
  return isOurs && verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"));
}

/** Apple sends a person's names with the first form alone, beside the code. */
const addNames = (seen) => async (context, next) => {
  await next();
  const id = context.oidc?.session?.accountId;
  if (!id || typeof context.body !== "string" || !context.body.includes('name="code"') || seen.has(id)) return;
  seen.add(id);
  const { firstName, lastName, mailbox } = personById(id);
  const user = JSON.stringify({ name: { firstName, lastName }, email: relay(mailbox) });
  context.body = context.body.replace("</form>", `<input type="hidden" name="user" value="${escaped(user)}"></form>`);
};

/** The refresh tokens that were issued, by their ids, and whether each was revoked since. */
function watchRefreshTokens(provider) {
  const tokens = new Map();
  provider.on("refresh_token.saved", ({ jti, accountId }) => tokens.set(jti, { person: personById(accountId).name, revoked: false }));
  provider.on("refresh_token.destroyed", ({ jti }) => tokens.has(jti) && (tokens.get(jti).revoked = true));
  return tokens;
}

function tokensPage(kind, tokens) {
  const rows = [...tokens.values()].map(({ person, revoked }) => `<li>${escaped(person)}: ${revoked ? "revoked" : "valid"}</li>`);
  const list = rows.length ? `<p>The refresh tokens that it has issued:</p>\n<ul>${rows.join("\n")}</ul>` : "<p>It has issued no refresh token.</p>";
  return page(`The local ${titleOf(kind)}`, list);
}
