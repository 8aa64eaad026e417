// What IAM decides on each request, by the policies of the role that makes it: a JSON document on stdin, and one on stdout.
// {"roles": {role: {name: policy}}, "keys": {ARN: policy of a KMS key}, "requests": [{role, action, resource, context}]} → ["Allowed", …]
// node decide.mjs <folder of node_modules>

import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const require = createRequire(join(process.argv[2], "/"));
const { createValidatedPolicy, validateIdentityPolicy, validateResourcePolicy } = require("@cloud-copilot/iam-policy");
const { runSimulation, runUnsafeSimulation } = require("@cloud-copilot/iam-simulate");
const ACCOUNT = "123456789012";

async function decide({ role, action, resource, context }) {
  const simulation = {
    identityPolicies: roles[role],
    resourcePolicy: keys[resource],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:role/${role}`,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: context,
    },
  };
  const result = await runSimulation(simulation, {});
  if (result.resultType === "error") {
    throw new Error(`${role}: ${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  }
  // The check before the simulation takes a key with a part of one's own, like kms:EncryptionContext:purpose, for one that IAM lacks.
  return result.result?.ignoredContextKeys?.length ? runUnsafeSimulation(simulation, {}) : result.overallResult;
}

const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
const named = (policies) => Object.entries(policies).map(([name, policy]) => ({ name, policy: createValidatedPolicy(policy, validateIdentityPolicy) }));

const input = JSON.parse(await text(process.stdin));
const roles = mapped(input.roles, named);
const keys = mapped(input.keys, (policy, name) => createValidatedPolicy(policy, validateResourcePolicy, { name }));
const decisions = [];
for (const request of input.requests) {
  decisions.push(await decide(request));
}
process.stdout.write(JSON.stringify(decisions));
