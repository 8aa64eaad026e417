// Providers for sign-in on this machine: a Google and an Apple by oidc-provider, and a small stand-in for Facebook, each on a port of its own.
// node providers.mjs <folder of node_modules>
// stdin: one line of JSON, {"google", "apple", "facebook": the client's settings at that provider}; they end when stdin ends.
// stdout: one line of JSON with their addresses, as soon as they answer.

import { once } from "node:events";
import http from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { facebook } from "./facebook.mjs";
import { openIdProvider } from "./openid.mjs";

const resolve = createRequire(join(process.argv[2], "/")).resolve;
const { default: Provider } = await import(pathToFileURL(resolve("oidc-provider")));
const PROVIDERS = {
  google: (url, client) => openIdProvider(Provider, "google", url, client),
  apple: (url, client) => openIdProvider(Provider, "apple", url, client),
  facebook,
};

// `localhost`, because the service is at 127.0.0.1: a provider is another site, whose forms come without the service's cookies.
async function serve(handlerFor, client) {
  const server = http.createServer();
  server.listen(0, "localhost");
  await once(server, "listening");
  const url = `http://localhost:${server.address().port}`;
  server.on("request", handlerFor(url, client));
  return url;
}

const lines = createInterface(process.stdin);
lines.on("close", () => process.exit());
const clients = JSON.parse((await once(lines, "line"))[0]);
const urls = {};
for (const [name, handlerFor] of Object.entries(PROVIDERS)) urls[name] = await serve(handlerFor, clients[name]);
console.log(JSON.stringify(urls));
