/** Signing in with a password. */

import { FormStep } from "./form-step.js";

/** Signing in with an email or phone and a password. */
export class PasswordSignIn extends FormStep {
  constructor(page) {
    super(page, "password", { label: (texts) => texts.signIn, busy: (texts) => texts.verifying });
  }

  enter({ address = "" } = {}) {
    super.enter();
    if (address) this.input("who").value = address;
  }

  async submit() {
    const password = this.value("password");
    const address = this.address("who");
    if (!address) return;
    if (!password) return void this.showInvalid((texts) => texts.required.password, "password");
    try {
      this.page.proceed(await this.page.auth.signIn({ ...address, password }));
    } catch (error) {
      const { type, customerId, token: registration } = error;
      if (type === "registration_incomplete") this.page.show("register", { address, password, registration }, "registrationIncomplete");
      else if (type === "verification_required") await this.page.verify({ customerId, ...address }, "password");
      else if (!this.page.offerCancellation(error, { ...address, from: "password" })) throw error;
    }
  }

  errorText({ type }) {
    return type === "wrong_proof" ? { text: (texts) => texts.wrong.signIn, input: "password" } : null;
  }
}
