/** The parts of the page's forms: a button that can be busy, an error that belongs to a field, and a countdown. */

import { AuthError } from "../customer-auth.js";

/** Calls `onTick` each second with the whole seconds until a moment, and at the end with 0. */
export class Countdown {
  #timer = 0;
  #until = 0;
  #onTick;

  constructor(onTick) {
    this.#onTick = onTick;
  }

  get secondsLeft() {
    return Math.max(0, Math.ceil((this.#until - Date.now()) / 1000));
  }

  start(until) {
    this.stop();
    this.#until = until.getTime();
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  stop() {
    clearInterval(this.#timer);
    this.#until = 0;
  }

  #tick() {
    const left = this.secondsLeft;
    if (left === 0) clearInterval(this.#timer);
    this.#onTick(left);
  }
}

/** A button that can be busy or waiting. Meanwhile it keeps the focus, which a disabled button would lose. */
export class Button {
  #element;
  #page;
  #label;
  #busy = null;
  #waiting;
  #isWaiting = false;
  #countdown = new Countdown(() => this.render());
  #onWaited;

  /** `label` and `waiting` select the texts; `onWaited` is called at the end of a wait. */
  constructor(element, page, { label, waiting, onWaited = () => {} }) {
    this.#element = element;
    this.#page = page;
    this.#label = label;
    this.#waiting = waiting;
    this.#onWaited = onWaited;
  }

  get isReady() {
    return this.#busy === null && this.#countdown.secondsLeft === 0;
  }

  get isBusy() {
    return this.#busy !== null;
  }

  waitUntil(moment) {
    this.#isWaiting = true;
    this.#countdown.start(moment);
  }

  stopWaiting() {
    this.#countdown.stop();
    this.#isWaiting = false;
    this.render();
  }

  /** The result of `act`; while it runs, the button is busy with the text that `label` selects. */
  async during(label, act) {
    this.#busy = label;
    this.render();
    try {
      return await act();
    } finally {
      this.#busy = null;
      this.render();
    }
  }

  render() {
    const { language } = this.#page;
    const left = this.#countdown.secondsLeft;
    const hasWaited = this.#isWaiting && left === 0;
    if (hasWaited) this.#isWaiting = false;
    if (this.#busy) this.#element.textContent = this.#busy(language.texts);
    else if (left) this.#element.textContent = this.#waiting(language.texts, language.duration(left));
    else this.#element.textContent = this.#label(language.texts);
    this.#element.setAttribute("aria-disabled", String(!this.isReady));
    this.#element.toggleAttribute("data-busy", this.#busy !== null);
    if (hasWaited) this.#onWaited();
  }
}

/** The form's only error; `show` takes a function of the language, so that the error follows the page's language. */
export class ErrorLine {
  #element;
  #page;
  #text = null;
  #input = null;

  constructor(element, page) {
    this.#element = element;
    this.#page = page;
  }

  /** Shows the error; an `input` is marked and gets the focus. */
  show(text, input = null) {
    this.clear();
    this.#text = text;
    this.#input = input;
    input?.setAttribute("aria-invalid", "true");
    this.render();
    input?.focus();
    input?.select();
  }

  clear() {
    this.#input?.removeAttribute("aria-invalid");
    this.#text = this.#input = null;
    this.render();
  }

  render() {
    const text = this.#text?.(this.#page.language) ?? "";
    if (this.#element.textContent !== text) this.#element.textContent = text;
  }
}

/** Shows the error of a call. A throttle makes `button` wait; `wrong` is the text for bad input in `input`. */
export function showError(error, { line, button, input, wrong }) {
  if (!(error instanceof AuthError)) {
    line.show((language) => language.texts.errors.other);
    throw error;
  }
  if (error.type === "throttled") button.waitUntil(new Date(Date.now() + (error.retryAfterSeconds ?? 1) * 1000));
  if (error.type === "bad_request") line.show(wrong, input);
  else if (error.type === "wrong_proof") line.show((language) => language.texts.errors.wrong_proof, input);
  else line.show((language) => textOf(error, language.texts));
}

/** The text of an error by its type; an error that the page does not know comes with its id for support. */
export function textOf(error, texts) {
  const known = Object.hasOwn(texts.errors, error.type) && texts.errors[error.type];
  return known || [texts.errors.other, error.requestId && `(${error.requestId})`].filter(Boolean).join(" ");
}
