// The people of the local providers: who can sign in, and the page that asks who does.

import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";

const KNOWN = { ada: ["Ada", "Lovelace"], grace: ["Grace", "Hopper"] };
const TITLES = { google: "Google", apple: "Apple", facebook: "Facebook" };
const LONGEST_NAME = 100;
const people = new Map();

/** A person by what was typed: a name, or an email address of their own. The same name, in any case, is the same person. */
function personOf(typed) {
  const words = typed.trim().slice(0, LONGEST_NAME) || "Ada";
  const [name, domain] = words.split("@");
  const [firstName, lastName] = KNOWN[name.toLowerCase()] ?? [name, ""];
  const id = String(BigInt(`0x${createHash("sha256").update(words.toLowerCase()).digest("hex").slice(0, 13)}`));
  const mailbox = name.toLowerCase().replace(/[^a-z0-9]+/g, ".").replace(/^\.+|\.+$/g, "") || `person.${id}`;
  const email = `${mailbox}@${domain || "gmail.com"}`;
  return { id, name: [firstName, lastName].filter(Boolean).join(" "), firstName, lastName, mailbox, email };
}

/** A person who has signed in at one of the providers since they were started. */
export const personById = (id) => people.get(id);

export const titleOf = (provider) => TITLES[provider];

/** The page that asks who signs in, and posts that to `action`. */
export function chooserPage(provider, action) {
  const title = TITLES[provider];
  return page(
    `Sign in with the local ${title}`,
    `<p>This stands in for ${title} on this machine. Nobody needs a password here.</p>
<form method="post" action="${escaped(action)}">
<fieldset><legend>Who are you?</legend>
<p><label><input type="radio" name="known" value="Ada" checked> Ada Lovelace</label></p>
<p><label><input type="radio" name="known" value="Grace"> Grace Hopper</label></p>
<p><label for="other">Somebody else (a name or an email address)</label><br><input id="other" name="other" autocomplete="off"></p>
</fieldset>
<p><button type="submit">Continue</button> <button type="submit" name="cancel" value="yes">Cancel</button></p>
</form>`,
  );
}

/** A plain page. */
export function page(title, body) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 2rem auto; padding: 0 1rem } button, input { font: inherit }</style>
</head><body><main><h1>${escaped(title)}</h1>
${body}
</main></body></html>`;
}

export const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The person that the posted form of `chooserPage` names; null if they cancelled. */
export async function chosenPerson(request) {
  const form = new URLSearchParams(await text(request));
  if (form.has("cancel")) return null;
  const person = personOf(form.get("other") || form.get("known") || "");
  people.set(person.id, person);
  return person;
}

export function sendPage(response, html) {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }).end(html);
}

export function sendJson(response, status, value) {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(value));
}
