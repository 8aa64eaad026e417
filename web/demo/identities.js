/** The providers by which the customer can sign in: each with a button that removes it, and a button that adds each other one. */

import { identities, removeIdentity } from "../providers.js";
import { element } from "./elements.js";
import { ErrorLine, textOf } from "./form.js";
import { settings } from "./settings.js";

const find = (selector) => document.querySelector(selector);

export class Identities {
  needsSession = true;
  section = find("#identities");
  error;
  #page;
  #identities = null; // until they are loaded

  constructor(page) {
    this.#page = page;
    this.error = new ErrorLine(find("#identities-error"), page);
    find("#identities-again").addEventListener("click", () => page.signInAgain("identities"));
  }

  enter() {
    this.#identities = null;
    this.#clearError();
    this.#load();
  }

  leave() {
    this.#identities = null;
  }

  render() {
    const listed = this.#identities ?? [];
    const others = this.#identities ? settings.providers.filter((each) => !listed.some(({ provider }) => provider === each)) : [];
    find("#identities-none").textContent = this.#identities?.length === 0 ? this.#page.language.texts.noIdentities : "";
    find("#identities-list").replaceChildren(...listed.map((each) => this.#row(each)));
    find("#identities-add").replaceChildren(...others.map((each) => this.#addition(each)));
    this.error.render();
  }

  #load() {
    return this.#page.load(this, () => identities(this.#page.auth), (listed) => {
      this.#identities = listed;
      this.render();
    });
  }

  #row({ provider, email, linkedAt }) {
    const { language } = this.#page;
    const { texts } = language;
    const name = texts.providers[provider];
    const added = element("span", { class: "quiet-text line" }, texts.linkedAt(language.moment(linkedAt / 1000)));
    const words = element("div", {}, element("bdi", {}, name), ...(email ? [" ", element("bdi", { class: "quiet-text" }, email)] : []), added);
    const remove = element("button", { type: "button", class: "link", "aria-label": `${texts.remove}: ${name}` }, texts.remove);
    remove.addEventListener("click", () => this.#try(() => this.#remove(provider)));
    return element("li", {}, words, remove);
  }

  #addition(provider) {
    const { texts } = this.#page.language;
    const add = element("button", { type: "button", class: "secondary" }, texts.addProvider(texts.providers[provider]));
    add.addEventListener("click", () => this.#try(() => this.#page.goToProvider(provider, { adds: true })));
    return element("li", {}, add);
  }

  async #remove(provider) {
    await removeIdentity(this.#page.auth, provider).catch((error) => {
      if (error.type !== "not_found") throw error; // it is removed already
    });
    await this.#load();
    this.section.querySelector("h1").focus();
    this.#page.notify("identityRemoved");
  }

  async #try(act) {
    this.#clearError();
    this.#page.clearNotice();
    try {
      await act();
    } catch (error) {
      find("#identities-again").hidden = error.type !== "reauthentication_required";
      this.error.show((language) => textOf(error, language.texts));
    }
  }

  #clearError() {
    this.error.clear();
    find("#identities-again").hidden = true;
  }
}
