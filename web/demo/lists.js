/** The customer's lists: their sessions and their referrals. */

import { element } from "./elements.js";
import { Button, ErrorLine, textOf } from "./form.js";

const COPIED_MS = 2000;
const find = (selector) => document.querySelector(selector);

/** Every session, each with its end. */
export class Sessions {
  needsSession = true;
  section = find("#sessions");
  error;
  #page;
  #sessions = [];

  constructor(page) {
    this.#page = page;
    this.error = new ErrorLine(find("#sessions-error"), page);
  }

  enter() {
    this.#sessions = [];
    this.error.clear();
    this.#load();
  }

  leave() {
    this.#sessions = [];
  }

  render() {
    find("#sessions-list").replaceChildren(...this.#sessions.map((each) => this.#row(each)));
    this.error.render();
  }

  #load() {
    return this.#page.load(this, () => this.#page.auth.sessions(), (sessions) => {
      this.#sessions = sessions;
      this.render();
    });
  }

  #row({ sid, client, current, lastUsedAt }) {
    const { language } = this.#page;
    const { texts } = language;
    const [row, words, name] = [element("li"), element("div"), element("bdi", {}, client ?? texts.unknownDevice)];
    words.append(name, element("span", { class: "quiet-text line" }, texts.lastUsed(language.moment(lastUsedAt / 1000))));
    row.append(words);
    if (current) {
      name.after(" ", element("span", { class: "badge good" }, texts.thisDevice));
    } else {
      const end = element("button", { type: "button", class: "link", "aria-label": `${texts.end}: ${name.textContent}` }, texts.end);
      end.addEventListener("click", () => this.#end(sid));
      row.append(end);
    }
    return row;
  }

  async #end(sid) {
    this.error.clear();
    this.#page.hush();
    try {
      await this.#page.auth.endSession(sid).catch((error) => {
        if (error.type !== "not_found") throw error; // it has already ended
      });
      await this.#load();
      this.section.querySelector("h1").focus();
      this.#page.say("sessionEnded");
    } catch (error) {
      this.error.show((language) => textOf(error, language.texts));
    }
  }
}

/** The customer's own referral code, and who has used it. */
export class Referrals {
  needsSession = true;
  section = find("#referrals");
  error;
  #page;
  #code = "";
  #children = null;
  #next = null;
  #isCopied = false;
  #more;

  constructor(page) {
    this.#page = page;
    this.error = new ErrorLine(find("#referrals-error"), page);
    const waiting = (texts, time) => texts.waitToTry(time);
    this.#more = new Button(find("#referrals-more"), page, { label: (texts) => texts.more, waiting });
    find("#referrals-more").addEventListener("click", () => this.#more.isReady && this.#load());
    find("#copy-referral-code").addEventListener("click", () => this.#copy());
  }

  enter() {
    this.#children = null;
    this.#next = null;
    this.#code = this.#page.auth.session.customer.referralCode ?? "";
    this.error.clear();
    const known = ({ referralCode }) => {
      this.#code = referralCode;
      this.render();
    };
    if (!this.#code) this.#page.load(this, () => this.#page.auth.customer(), known);
    this.#load();
  }

  leave() {
    this.#children = null;
  }

  render() {
    const { texts } = this.#page.language;
    find("#referral-code").textContent = this.#code;
    find("#copy-referral-code").textContent = this.#isCopied ? texts.copied : texts.copy;
    find("#copy-referral-code").hidden = !this.#code;
    find("#referrals-none").textContent = this.#children?.length === 0 ? texts.nobodyReferred : "";
    find("#referrals-list").replaceChildren(...(this.#children ?? []).map((each) => this.#row(each)));
    find("#referrals-more").hidden = this.#next === null;
    this.#more.render();
    this.error.render();
  }

  async #load() {
    const ask = () => this.#page.auth.referrals({ cursor: this.#next });
    await this.#more.during((texts) => texts.loading, () => this.#page.load(this, ask, ({ children, nextCursor }) => {
      this.#children = [...(this.#children ?? []), ...children];
      this.#next = nextCursor;
      this.render();
    }));
  }

  #row({ referredAt, customer }) {
    const { language } = this.#page;
    const { firstName, lastName, email, phone } = customer;
    const names = [firstName, lastName].filter(Boolean).join(" ");
    const contact = email ?? (phone && `\u2066${phone}\u2069`) ?? "";
    const [row, words] = [element("li"), element("div")];
    words.append(element("bdi", {}, names || contact));
    if (names && contact) words.append(element("bdi", { class: "quiet-text line" }, contact));
    words.append(element("span", { class: "quiet-text line" }, language.moment(referredAt / 1000)));
    row.append(words);
    return row;
  }

  async #copy() {
    await navigator.clipboard.writeText(this.#code).catch(() => null); // not allowed: the code can be selected by hand
    this.#isCopied = true;
    this.render();
    setTimeout(() => {
      this.#isCopied = false;
      find("#copy-referral-code").textContent = this.#page.language.texts.copy;
    }, COPIED_MS);
  }
}
