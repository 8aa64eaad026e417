// A small stand-in for Facebook: the dialog, the exchange of a code, `debug_token` and `me` of its Graph API.

import { createHash, createHmac, randomBytes } from "node:crypto";

import { chooserPage, chosenPerson, sendJson, sendPage } from "./people.mjs";

const LIFE_SECONDS = 10 * 366 * 86_400; // the service's clock may be moved ahead by years

class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** What answers the requests to `url`. `client` is {id, secret, redirectUris}. */
export function facebook(url, client) {
  const graph = new Graph(client);
  const calls = { "/graph/oauth/access_token": "token", "/graph/debug_token": "debug", "/graph/me": "me" };
  return async (request, response) => {
    const { pathname, searchParams, search } = new URL(request.url, url);
    const query = Object.fromEntries(searchParams);
    if (pathname === "/dialog" && request.method === "GET") return sendPage(response, chooserPage("facebook", `/dialog${search}`));
    if (pathname === "/dialog") return response.writeHead(303, { location: graph.authorize(query, await chosenPerson(request)) }).end();
    const call = calls[pathname];
    return call ? answer(response, () => graph[call](query)) : sendJson(response, 404, {});
  };
}

class Graph {
  #client;
  #codes = new Map();
  #tokens = new Map();

  constructor(client) {
    this.#client = client;
  }

  /** Where the browser goes on to after the dialog, with this person's code or, without one, an error. */
  authorize(query, person) {
    const { client_id: id, redirect_uri: page, state } = query;
    if (id !== this.#client.id || !this.#client.redirectUris.includes(page)) return "/dialog/unknown-client";
    const code = randomBytes(16).toString("hex");
    if (person) this.#codes.set(code, { query, person });
    const url = new URL(page);
    const more = person ? { code, state } : { error: "access_denied", error_reason: "user_denied", state };
    for (const [key, value] of Object.entries(more)) url.searchParams.set(key, value);
    return url.href;
  }

  token({ client_id: id, client_secret: secret, redirect_uri: page, code, code_verifier: verifier }) {
    if (id !== this.#client.id || secret !== this.#client.secret) throw new Refused(1, "Error validating client secret.");
    const { query, person } = this.#codes.get(code) ?? {};
    this.#codes.delete(code);
    if (query?.redirect_uri !== page) throw new Refused(100, "This authorization code has been used.");
    const challenge = createHash("sha256").update(String(verifier)).digest("base64url");
    if (query.code_challenge !== challenge) throw new Refused(100, "Invalid code_verifier.");
    const token = `EAA${randomBytes(16).toString("hex")}`;
    this.#tokens.set(token, person);
    return { access_token: token, token_type: "bearer", expires_in: LIFE_SECONDS };
  }

  debug({ input_token: token, access_token: appToken }) {
    if (appToken !== `${this.#client.id}|${this.#client.secret}`) throw new Refused(190, "Invalid OAuth access token.");
    const ends = Math.floor(Date.now() / 1000) + LIFE_SECONDS;
    const scopes = ["public_profile", "email"];
    const isValid = this.#tokens.has(token);
    const user = { user_id: this.#tokens.get(token)?.id, expires_at: ends, data_access_expires_at: ends, scopes };
    return { data: { app_id: this.#client.id, type: "USER", is_valid: isValid, ...user } };
  }

  me({ access_token: token, appsecret_proof: proof }) {
    const expected = createHmac("sha256", this.#client.secret).update(String(token)).digest("hex");
    if (proof !== expected) throw new Refused(100, "Invalid appsecret_proof provided in the API argument");
    if (!this.#tokens.has(token)) throw new Refused(190, "Invalid OAuth access token.");
    const { id, name, firstName, lastName, email } = this.#tokens.get(token);
    return { id, name, first_name: firstName, last_name: lastName, email };
  }
}

function answer(response, call) {
  try {
    sendJson(response, 200, call());
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    sendJson(response, 400, { error: { message: error.message, type: "OAuthException", code: error.code } });
  }
}
