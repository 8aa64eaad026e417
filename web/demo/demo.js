/** The demo: its language, its steps, and which of them is next. */

import { PasswordAuth } from "../passwords.js";
import { PasswordReset } from "./forgotten-password.js";
import { textOf } from "./form.js";
import { Language, preferredLanguage, storeLanguage } from "./language.js";
import { Page } from "./page.js";
import { pendingChallenge } from "./pending-challenge.js";
import { ProviderButtons } from "./provider-buttons.js";
import { goToProvider, responseInAddress } from "./provider-trip.js";
import { unverifiedAddress } from "./registration.js";
import { settings } from "./settings.js";
import { createSteps } from "./steps.js";

const ACCOUNT_STEPS = ["profile", "contact", "new-password", "sessions", "identities", "referrals", "download", "delete"];
const LINKED_STEPS = new Set(["password", "register", "forgot", "keep", ...ACCOUNT_STEPS]); // the page's address may name them
const SESSION_FLOWS = new Set(["contact", "deletion"]); // whose codes only a signed-in customer can request

const find = (selector) => document.querySelector(selector);

class Demo extends Page {
  language;
  auth;
  #isLoggingOut = false;
  #wasSignedIn = false;
  #stepAfterSignIn = null;
  #providerButtons;
  #unsubscribe = () => {};

  constructor() {
    super();
    this.language = new Language(preferredLanguage());
    this.#connect();
    this.steps = createSteps(this);
    this.#providerButtons = new ProviderButtons(this, "ask-providers", (provider) => this.goToProvider(provider));
    this.#listen();
    this.#openFirstStep();
  }

  #openFirstStep() {
    const [link, response] = [PasswordReset.linkInAddress(), responseInAddress()];
    if (link) this.show("reset", link);
    else if (response?.provider) this.show("provider", response);
    else this.#openStep();
    if (response && !response.provider) this.notify("providerExpired");
  }

  /** The step in the page's address, or else the one that comes next. */
  #openStep() {
    const { session } = this.auth;
    const challenge = this.step ? null : pendingChallenge();
    const name = location.hash.slice(1);
    const canBeShown = LINKED_STEPS.has(name) && Boolean(session) === Boolean(this.steps[name].needsSession);
    if (canBeShown) this.show(name);
    else if (challenge && (!session || SESSION_FLOWS.has(challenge.flow))) this.show("enter", { challenge });
    else if (session) this.showAccount();
    else this.show("ask");
  }

  /** Shows a step, which the address then names if a link may lead to it. */
  show(name, data, notice = null) {
    const isFirst = this.step === null;
    super.show(name, data, notice);
    const hash = LINKED_STEPS.has(name) ? `#${name}` : "";
    if (location.hash !== hash) history[isFirst ? "replaceState" : "pushState"](null, "", hash || location.pathname);
  }

  showAccount(notice = null) {
    this.show("account", { session: this.auth.session }, notice);
  }

  /** Requests the code that verifies an address, unless `sent` has it, and shows the code step; `from` is where the address is changed. */
  async verify({ customerId, email, phone }, from, sent = [], notice = null) {
    const sentAlready = sent.find((each) => (email ? each.email : each.phone));
    const challenge = sentAlready ?? (await this.auth.requestVerification({ customerId, email, phone }));
    const times = { expiresAt: new Date(challenge.expiresAt), resendAt: new Date(challenge.resendAt) };
    this.show("enter", { challenge: { ...challenge, ...times, from, others: sent.filter((each) => each !== sentAlready) } }, notice);
  }

  /** Shows what comes after a right code or password: a code for the next address, the sign-in by password, or the account. */
  async proceed(result, { flow, from, others, email, phone, next: nextName } = {}) {
    if (result.needsLogin) {
      const { customer } = result;
      const address = unverifiedAddress(customer);
      if (address.email ?? address.phone) await this.verify({ customerId: customer.id, ...address }, from, others, "oneMore");
      else this.show("password", { address: email ?? phone }, "verifiedSignIn");
      return;
    }
    const next = this.#stepAfterSignIn ?? (ACCOUNT_STEPS.includes(nextName) ? { name: nextName } : null);
    this.#stepAfterSignIn = null;
    if (next) this.show(next.name, next.data);
    else if (flow === "contact") this.show("profile", undefined, "contactChanged");
    else this.show("account", { session: { ...result, registered: result.registered ?? (from === "register" || null) } });
  }

  /** Some changes need a recent sign-in; after it the page returns to the step that needed it. */
  signInAgain(name, data) {
    this.show("ask");
    this.#stepAfterSignIn = { name, data };
  }

  /** Sends the browser to a provider, to sign in or to add it to the account. The page is opened again with the response. */
  async goToProvider(provider, { adds = false, next = this.#stepAfterSignIn?.name } = {}) {
    await goToProvider(this.auth, { provider, adds, next });
  }

  /** Whether the sign-in failed because the account is to be deleted; the customer can cancel that. */
  offerCancellation({ type, cancelToken }, { email, phone, from }) {
    if (type !== "account_deletion_pending") return false;
    this.show("keep", { email, phone, cancelToken, signIn: from === "password" ? from : "ask" }, "deletionPending");
    return true;
  }

  /** The deletion is cancelled; the customer signs in again. */
  finishCancellation({ email, phone, signIn }) {
    this.show(signIn, { address: email ?? phone }, "accountKept");
  }

  /** Whether the deletion could not be cancelled because the erasure has begun. */
  reportErasure({ type }) {
    if (type !== "account_deletion_pending") return false;
    this.show("ask", undefined, "tooLateToKeep");
    return true;
  }

  /** Shows the response to a request, or the error, if the step is still shown. */
  async load(step, request, show) {
    try {
      const response = await request();
      if (this.step === step) show(response);
    } catch (error) {
      if (this.step === step) step.error.show((language) => textOf(error, language.texts));
    }
  }

  /** Throws AuthError if that failed; the session then goes on. */
  async logOut(everywhere) {
    this.#isLoggingOut = true;
    try {
      await this.auth.logout({ everywhere });
    } finally {
      this.#isLoggingOut = false;
    }
    this.show("ask", undefined, everywhere ? "loggedOutEverywhere" : "loggedOut");
  }

  render() {
    const { tag, direction } = this.language;
    Object.assign(document.documentElement, { lang: tag, dir: direction });
    this.#providerButtons.render();
    super.render();
  }

  #connect() {
    this.#unsubscribe();
    this.auth = new PasswordAuth({ baseUrl: settings.baseUrl, locale: this.language.tag });
    this.#wasSignedIn = Boolean(this.auth.session);
    this.#unsubscribe = this.auth.onChange((session) => this.#onSession(session));
  }

  /** The session began, continued or ended, in this tab or another. */
  #onSession(session) {
    const { account, enter, reset } = this.steps;
    const isNew = !this.#wasSignedIn;
    this.#wasSignedIn = Boolean(session);
    const showsNextStep = [enter, reset].includes(this.step) || this.step.needsSession || this.step.isBusy; // by itself
    if (session && this.step === account) account.renew(session);
    else if (session && isNew && !showsNextStep) this.show("account", { session });
    else if (!session && this.step.needsSession && !this.#isLoggingOut) this.show("ask", undefined, "ended");
  }

  #listen() {
    find("#language").value = this.language.tag;
    find("#language").addEventListener("change", (event) => this.#changeLanguage(event.target.value));
    for (const each of document.querySelectorAll("[data-show]")) each.addEventListener("click", () => this.#follow(each.dataset.show));
    addEventListener("popstate", () => this.#openStep());
  }

  #follow(name) {
    if (this.steps[name].needsSession) this.#stepAfterSignIn = null;
    if (name === "account") this.showAccount();
    else this.show(name);
  }

  #changeLanguage(tag) {
    this.language = new Language(tag);
    storeLanguage(tag);
    this.#connect();
    this.render();
  }
}

new Demo();
