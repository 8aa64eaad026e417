// Netgsm's own client, asked to do one thing at an address: node netgsm.mjs <packages> <address> <method> <payload>, prints what it returns.

import { createRequire } from "node:module";

const [packages, address, method, payload] = process.argv.slice(2);
const { Netgsm } = createRequire(`${packages}/`)("@netgsm/sms");
const client = new Netgsm({ username: process.env.NETGSM_USER, password: process.env.NETGSM_PASSWORD });
client.baseURL = address;
try {
  console.log(JSON.stringify(await client[method](JSON.parse(payload))));
} catch (refused) {
  console.log(JSON.stringify({ status: refused.status, code: refused.code }));
}
