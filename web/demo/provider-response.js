/** The page that a provider sends the browser back to: it completes the sign-in, or says why that failed and offers another try. */

import { exchangeProvider } from "../providers.js";
import { FormStep } from "./form-step.js";

const CANCELLED = new Set(["access_denied", "user_cancelled_authorize"]);
const REPEATABLE = new Set(["offline", "unavailable", "provider_error", "provider_timeout"]); // the code is not used up, as far as is known

const find = (selector) => document.querySelector(selector);

export class ProviderResponse extends FormStep {
  #trip = { provider: "google" };
  #response = null; // {state, code}, as long as it may work

  constructor(page) {
    super(page, "provider", { label: (texts) => texts.tryAgain, busy: (texts) => texts.verifying });
    find("#provider-back").addEventListener("click", () => page.show(this.#trip.adds ? "identities" : "ask"));
  }

  get stepAfterSignIn() {
    return "identities";
  }

  enter({ state, code, error, ...trip }) {
    this.#trip = trip;
    this.#response = code ? { state, code } : null;
    super.enter();
    if (code) this.form.requestSubmit();
    else this.error.show(({ texts }) => (CANCELLED.has(error) ? texts.providerCancelled(this.#name(texts)) : texts.errors.provider_error));
  }

  render() {
    super.render();
    const { texts } = this.page.language;
    const { adds } = this.#trip;
    find("#provider-title").textContent = (adds ? texts.addProvider : texts.providerTitle)(this.#name(texts));
    find("#provider-back").textContent = adds ? texts.back : texts.otherWays;
  }

  /** Completes the sign-in; without a response that may still work, begins it anew. */
  async submit() {
    const { provider, adds, next } = this.#trip;
    if (!this.#response) return this.page.goToProvider(provider, { adds, next });
    try {
      const session = await exchangeProvider(this.page.auth, provider, { ...this.#response, add: adds });
      if (adds) this.page.show("identities", undefined, "identityAdded");
      else await this.page.proceed(session, { next });
    } catch (error) {
      if (!REPEATABLE.has(error.type)) this.#response = null;
      if (!this.page.offerCancellation(error, {})) throw error;
    }
  }

  errorText({ type }) {
    if (type === "wrong_proof") return { text: (texts) => texts.providerExpired };
    return type === "identity_exists" ? { text: (texts) => texts.providerTaken(this.#name(texts)) } : null;
  }

  #name(texts) {
    return texts.providers[this.#trip.provider];
  }
}
