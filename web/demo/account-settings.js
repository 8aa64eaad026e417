/** What customers change: names, addresses, password. */

import { FormStep } from "./form-step.js";
import { displayPhone } from "./phone-field.js";

const find = (selector) => document.querySelector(selector);

/** Names, and the addresses with their verification. */
export class Profile extends FormStep {
  needsSession = true;
  #customer = null;
  #isTouched = false;

  constructor(page) {
    super(page, "profile", { label: (texts) => texts.save, busy: (texts) => texts.saving });
    this.form.addEventListener("input", () => (this.#isTouched = true));
    for (const by of ["email", "phone"]) find(`#profile-change-${by}`).addEventListener("click", () => page.show("contact", { by }));
  }

  enter() {
    super.enter();
    this.#isTouched = false;
    this.#showCustomer(this.page.auth.session.customer);
    // The sign-in's response may be incomplete or outdated.
    this.page.load(this, () => this.page.auth.customer(), (customer) => this.#showCustomer(customer));
  }

  render() {
    super.render();
    const { texts } = this.page.language;
    for (const by of ["email", "phone"]) {
      const address = this.#customer?.[by];
      const isVerified = this.#customer?.[`${by}Verified`];
      find(`#profile-${by}`).textContent = address ? (by === "phone" ? displayPhone(address) : address) : texts.none;
      find(`#profile-${by}-state`).textContent = address ? (isVerified ? texts.verified : texts.unverified) : "";
      find(`#profile-${by}-state`).classList.toggle("good", Boolean(isVerified));
      find(`#profile-change-${by}`).textContent = address ? texts[`change_${by}`] : texts[`add_${by}`];
    }
  }

  #showCustomer(customer) {
    this.#customer = customer;
    if (!this.#isTouched) {
      this.input("first_name").value = customer.firstName ?? "";
      this.input("last_name").value = customer.lastName ?? "";
    }
    this.render();
  }

  async submit() {
    const [firstName, lastName] = [this.value("first_name") || null, this.value("last_name") || null];
    const customer = await this.page.auth.updateCustomer({ firstName, lastName });
    this.#isTouched = false;
    this.#showCustomer(customer);
    this.page.notify("saved");
  }
}

/** Another email or phone: the code that is sent there makes the change. */
export class AddressChange extends FormStep {
  needsSession = true;

  constructor(page) {
    super(page, "contact", { label: (texts) => texts.send, busy: (texts) => texts.sending });
    this.form.addEventListener("change", () => this.#showChosenField());
  }

  get #by() {
    return this.input("by").value;
  }

  enter({ by } = {}) {
    super.enter();
    if (by) this.input("by").value = by;
    this.#showChosenField();
  }

  draft() {
    return { by: this.#by };
  }

  #showChosenField() {
    for (const by of ["email", "phone"]) this.showField(by, by === this.#by);
  }

  async submit() {
    const address = this.address(this.#by);
    if (address) this.page.show("enter", { challenge: { ...(await this.page.auth.requestContactChange(address)), from: "contact" } });
  }
}

/** A new password, or the first one. */
export class PasswordChange extends FormStep {
  needsSession = true;

  constructor(page) {
    super(page, "new-password", { label: (texts) => texts.setPassword, busy: (texts) => texts.saving });
  }

  enter() {
    super.enter();
    const { email, phone } = this.page.auth.session.customer;
    find("#new-password-username").value = email ?? phone ?? "";
  }

  async submit() {
    const newPassword = this.chosenPassword("new_password");
    if (!newPassword) return;
    const confirmPassword = this.value("confirm_password");
    if (confirmPassword !== newPassword) return void this.showInvalid((texts) => texts.wrong.confirm_password, "confirm_password");
    await this.page.auth.changePassword({ oldPassword: this.value("old_password") || undefined, newPassword, confirmPassword });
    this.page.showAccount("passwordChanged");
  }

  errorText({ type }) {
    return type === "wrong_proof" ? { text: (texts) => texts.wrong.old_password, input: "old_password" } : null;
  }
}
