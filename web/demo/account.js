/** The page of a session: the token's content, its renewal, and the two ways to log out. */

import { element } from "./elements.js";
import { Button, Countdown, ErrorLine, textOf } from "./form.js";
import { displayPhone } from "./phone-field.js";
import { settings } from "./settings.js";

const CLAIMS = ["sub", "sid", "amr", "roles", "auth_time", "iat", "exp", "iss", "aud"];
const TIME_CLAIMS = new Set(["auth_time", "iat", "exp"]);
const RENEW_AT_SECONDS = 60; // from here on the page asks the client for a token, and the client decides when to refresh it
const PAUSE_MS = 5000; // between two attempts, if the first one has failed

const find = (selector) => document.querySelector(selector);

export class Account {
  needsSession = true;
  #page;
  #section = find("#account");
  #session = null;
  #registered = null;
  #renewals = 0;
  #nextRefreshAt = 0;
  #countdown = new Countdown((left) => this.#tick(left));
  #buttons;
  #error;

  constructor(page) {
    this.#page = page;
    this.#error = new ErrorLine(find("#account-error"), page);
    const waiting = (texts, time) => texts.waitToTry(time);
    this.#buttons = {
      here: new Button(find("#log-out"), page, { label: (texts) => texts.logOut, waiting }),
      everywhere: new Button(find("#log-out-everywhere"), page, { label: (texts) => texts.logOutEverywhere, waiting }),
    };
    find("#to-identities").hidden = settings.providers.length === 0;
    find("#log-out").addEventListener("click", () => this.#logOut(false));
    find("#log-out-everywhere").addEventListener("click", () => this.#logOut(true));
    document.addEventListener("visibilitychange", () => this.#check());
    addEventListener("online", () => this.#check());
  }

  get section() {
    return this.#section;
  }

  enter({ session }) {
    this.#registered = session.registered ?? null;
    this.#renewals = 0;
    this.#error.clear();
    this.#showSession(session);
    if (this.#registered === null) this.#check(); // the session is from an earlier visit
  }

  leave() {
    this.#countdown.stop();
    this.#session = null;
  }

  /** The next access token of the same session. */
  renew(session) {
    if (session.claims.jti === this.#session.claims.jti) return;
    this.#renewals += 1;
    this.#showSession(session);
  }

  render() {
    if (!this.#session) return;
    const { texts } = this.#page.language;
    const { customer } = this.#session;
    find("#welcome").textContent = this.#registered ? texts.newAccount : texts.welcomeBack;
    find("#who").textContent = customer.name ?? (customer.phone && displayPhone(customer.phone)) ?? customer.email ?? "";
    find("#renewed").textContent = this.#renewals ? texts.renewed(this.#page.language.number(this.#renewals)) : "";
    find("#claims").replaceChildren(...CLAIMS.flatMap((name) => this.#row(name)));
    this.#renderLeft(this.#countdown.secondsLeft);
    for (const each of [this.#buttons.here, this.#buttons.everywhere, this.#error]) each.render();
  }

  #row(name) {
    const { language } = this.#page;
    const value = this.#session.claims[name];
    const text = TIME_CLAIMS.has(name) ? language.moment(value) : [value].flat().join(", ") || language.texts.none;
    return [element("dt", {}, language.texts[name]), element("dd", { "data-claim": name }, element("bdi", {}, text))];
  }

  #showSession(session) {
    this.#session = session;
    this.#nextRefreshAt = 0;
    this.#countdown.start(session.expiresAt);
    this.render();
  }

  #tick(left) {
    this.#renderLeft(left);
    if (left <= RENEW_AT_SECONDS) this.#refreshToken();
    if (left === 0 && this.#session) setTimeout(() => this.#tick(this.#countdown.secondsLeft), PAUSE_MS);
  }

  #renderLeft(left) {
    if (!this.#session) return;
    const { language } = this.#page;
    const { exp, iat } = this.#session.claims;
    find("#left-text").textContent = language.texts.left(language.duration(left));
    Object.assign(find("#left"), { max: exp - iat, value: left });
  }

  async #refreshToken() {
    if (Date.now() < this.#nextRefreshAt) return;
    this.#nextRefreshAt = Date.now() + PAUSE_MS;
    // The client reports an ended session, the page a lost connection.
    await this.#page.auth.accessToken().catch(() => null);
  }

  /** Calls the service, because the session may have ended elsewhere; the client then reports it. */
  async #check() {
    if (!this.#session || document.visibilityState !== "visible") return;
    const { auth } = this.#page;
    const check = async () => {
      const response = await auth.fetch("/store/customers/me");
      await response.text();
      if (response.status === 403) await auth.refresh(); // the account is to be deleted, and every session has ended
    };
    await check().catch(() => null);
  }

  async #logOut(everywhere) {
    const button = everywhere ? this.#buttons.everywhere : this.#buttons.here;
    if (!button.isReady) return;
    this.#error.clear();
    try {
      await button.during((texts) => `${everywhere ? texts.logOutEverywhere : texts.logOut}…`, () => this.#page.logOut(everywhere));
    } catch (error) {
      this.#error.show((language) => textOf(error, language.texts));
    }
  }
}
