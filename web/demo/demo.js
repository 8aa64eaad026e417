/** The demo: its language, its steps, and which of them is next. */

import { PasswordAuth } from "../passwords.js";
import { Account } from "./account.js";
import { codeSignIn } from "./code-sign-in.js";
import { Delete, deletionCodes, Deleted, Download, Keep } from "./deletion.js";
import { Enter } from "./enter.js";
import { Forgot, Register, Reset, SignIn, unverified } from "./entrance.js";
import { textOf } from "./form.js";
import { Referrals, Sessions } from "./lists.js";
import { Contact, NewPassword, Profile } from "./own.js";
import { Page } from "./page.js";
import { settings } from "./settings.js";
import { Language, languages } from "./texts.js";

const LANGUAGE = "customer-auth.demo.language";
const OWN = ["profile", "contact", "new-password", "sessions", "referrals", "download", "delete"];
const LINKED = new Set(["password", "register", "forgot", "keep", ...OWN]);
const OF_A_SESSION = new Set(["contact", "deletion"]); // codes that only a signed-in customer can request

const find = (selector) => document.querySelector(selector);

class Demo extends Page {
  language;
  auth;
  #leaving = false;
  #wasIn = false;
  #next = null; // the step to show after the next sign-in
  #unsubscribe = () => {};

  constructor() {
    super();
    this.language = new Language(chosenLanguage());
    this.#connect();
    this.steps = {
      ...codeSignIn(this, { ask: find("#ask"), enter: find("#enter") }, deletionCodes),
      account: new Account(this),
      password: new SignIn(this),
      register: new Register(this),
      forgot: new Forgot(this),
      reset: new Reset(this),
      profile: new Profile(this),
      contact: new Contact(this),
      "new-password": new NewPassword(this),
      sessions: new Sessions(this),
      referrals: new Referrals(this),
      download: new Download(this),
      delete: new Delete(this),
      deleted: new Deleted(this),
      keep: new Keep(this),
    };
    this.#listen();
    const link = Reset.opened();
    if (link) this.show("reset", link);
    else this.#open();
    addEventListener("popstate", () => this.#open());
  }

  /** The step in the page's address, or else the one that comes next. */
  #open() {
    const { session } = this.auth;
    const challenge = this.step ? null : Enter.interrupted();
    const name = location.hash.slice(1);
    const isFree = LINKED.has(name) && Boolean(session) === Boolean(this.steps[name].needsSession);
    if (isFree) this.show(name);
    else if (challenge && (!session || OF_A_SESSION.has(challenge.flow))) this.show("enter", { challenge });
    else if (session) this.showAccount();
    else this.show("ask");
  }

  /** Shows a step, which the address then names if a link may lead to it. */
  show(name, data, said = null) {
    const isFirst = this.step === null;
    super.show(name, data, said);
    const hash = LINKED.has(name) ? `#${name}` : "";
    if (location.hash !== hash) history[isFirst ? "replaceState" : "pushState"](null, "", hash || location.pathname);
  }

  showAccount(said = null) {
    this.show("account", { session: this.auth.session }, said);
  }

  /** Requests the code that verifies an address, unless `sent` has it, and shows the code step; `from` is where the address is changed. */
  async verify({ customerId, email, phone }, from, sent = [], said = null) {
    const known = sent.find((each) => (email ? each.email : each.phone));
    const challenge = known ?? (await this.auth.requestVerification({ customerId, email, phone }));
    const times = { expiresAt: new Date(challenge.expiresAt), resendAt: new Date(challenge.resendAt) };
    this.show("enter", { challenge: { ...challenge, ...times, from, others: sent.filter((each) => each !== known) } }, said);
  }

  /** After a right code or password; the next step may ask for another code. */
  async entered(entered, { flow, from, others, email, phone } = {}) {
    if (entered.needsLogin) {
      const left = unverified(entered.customer);
      if (left.email ?? left.phone) await this.verify({ customerId: entered.customer.id, ...left }, from, others, "oneMore");
      else this.show("password", { address: email ?? phone }, "verifiedSignIn");
      return;
    }
    const next = this.#next;
    this.#next = null;
    if (next) this.show(next.name, next.data);
    else if (flow === "contact") this.show("profile", undefined, "contactChanged");
    else this.show("account", { session: { ...entered, registered: entered.registered ?? (from === "register" || null) } });
  }

  /** Some changes need a recent sign-in; after it the page returns to the step that needed it. */
  signInAgain(name, data) {
    this.show("ask");
    this.#next = { name, data };
  }

  /** Whether the sign-in failed because the account is to be deleted; the customer can cancel that. */
  offerToKeep({ type, cancelToken }, { email, phone, from }) {
    if (type !== "account_deletion_pending") return false;
    this.show("keep", { email, phone, cancelToken, signIn: from === "password" ? from : "ask" }, "deletionPending");
    return true;
  }

  /** The deletion is cancelled; the customer signs in again. */
  kept({ email, phone, signIn }) {
    this.show(signIn, { address: email ?? phone }, "accountKept");
  }

  /** Whether the deletion could not be cancelled because the erasure has begun. */
  tooLate({ type }) {
    if (type !== "account_deletion_pending") return false;
    this.show("ask", undefined, "tooLateToKeep");
    return true;
  }

  /** Passes the service's response or the error to a step, if it is still shown. */
  async load(step, ask, take) {
    try {
      const got = await ask();
      if (this.step === step) take(got);
    } catch (error) {
      if (this.step === step) step.error.show((language) => textOf(error, language.texts));
    }
  }

  /** Raises AuthError if it could not be done; the session then goes on. */
  async logOut(everywhere) {
    this.#leaving = true;
    try {
      await this.auth.logout({ everywhere });
    } finally {
      this.#leaving = false;
    }
    this.show("ask", undefined, everywhere ? "loggedOutEverywhere" : "loggedOut");
  }

  render() {
    const { tag, direction } = this.language;
    Object.assign(document.documentElement, { lang: tag, dir: direction });
    super.render();
  }

  #connect() {
    this.#unsubscribe();
    this.auth = new PasswordAuth({ baseUrl: settings.baseUrl, locale: this.language.tag });
    this.#wasIn = Boolean(this.auth.session);
    this.#unsubscribe = this.auth.onChange((session) => this.#changed(session));
  }

  /** The session began, continued or ended, in this tab or another. */
  #changed(session) {
    const { account, enter, reset } = this.steps;
    const isNew = !this.#wasIn;
    this.#wasIn = Boolean(session);
    const goesOn = [enter, reset].includes(this.step) || this.step.needsSession || this.step.isBusy; // by itself
    if (session && this.step === account) account.renew(session);
    else if (session && isNew && !goesOn) this.show("account", { session });
    else if (!session && this.step.needsSession && !this.#leaving) this.show("ask", undefined, "ended");
  }

  #listen() {
    find("#language").value = this.language.tag;
    find("#language").addEventListener("change", (event) => this.#speak(event.target.value));
    for (const each of document.querySelectorAll("[data-show]")) each.addEventListener("click", () => this.#go(each.dataset.show));
  }

  #go(name) {
    if (this.steps[name].needsSession) this.#next = null;
    if (name === "account") this.showAccount();
    else this.show(name);
  }

  #speak(tag) {
    this.language = new Language(tag);
    remember(tag);
    this.#connect();
    this.render();
  }
}

/** The language that was chosen here before, else the first of the browser's languages that the page has. */
function chosenLanguage() {
  const tags = [remembered(), ...navigator.languages.map((each) => each.split("-")[0])];
  return tags.find((each) => Object.hasOwn(languages, each)) ?? "en";
}

function remembered() {
  try {
    return localStorage.getItem(LANGUAGE) ?? "";
  } catch {
    return "";
  }
}

function remember(tag) {
  try {
    localStorage.setItem(LANGUAGE, tag);
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
}

new Demo();
