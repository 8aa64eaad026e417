/** The customer's referrals. */

import { element } from "./elements.js";
import { Button, ErrorLine } from "./form.js";

const COPIED_MS = 2000;
const find = (selector) => document.querySelector(selector);

/** The customer's own referral code, and who has used it. */
export class Referrals {
  needsSession = true;
  section = find("#referrals");
  error;
  #page;
  #code = "";
  #children = null;
  #nextCursor = null;
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
    this.#nextCursor = null;
    this.#code = this.#page.auth.session.customer.referralCode ?? "";
    this.error.clear();
    const showCode = ({ referralCode }) => {
      this.#code = referralCode;
      this.render();
    };
    if (!this.#code) this.#page.load(this, () => this.#page.auth.customer(), showCode);
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
    find("#referrals-more").hidden = this.#nextCursor === null;
    this.#more.render();
    this.error.render();
  }

  async #load() {
    const request = () => this.#page.auth.referrals({ cursor: this.#nextCursor });
    await this.#more.during((texts) => texts.loading, () => this.#page.load(this, request, ({ children, nextCursor }) => {
      this.#children = [...(this.#children ?? []), ...children];
      this.#nextCursor = nextCursor;
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
