/** The list of account deletion requests: filters, pages, and what to do if it cannot be loaded. */

import { Button, textOf } from "../demo/form.js";
import { headOf, rowOf } from "./rows.js";
import { CHOICES, furthestPage, lastPage, offsetOf, pathOf, searchOf, viewIn } from "./view.js";

const find = (selector) => document.querySelector(selector);

export class Requests {
  needsSession = true;
  section = find("#requests");
  #page;
  #form = find("#view");
  #view = viewIn("");
  #asked = null; // the only request whose response is still expected
  #shown = null; // the deletion requests, their total number, and where the next page starts
  #error = null;
  #retry;
  #again = () => {};

  constructor(page) {
    this.#page = page;
    const waiting = (texts, time) => texts.waitToTry(time);
    this.#retry = new Button(find("#retry"), page, { label: (texts) => texts.retry, waiting });
    find("#retry").addEventListener("click", () => this.#retry.isReady && this.#again());
    this.#form.addEventListener("change", () => this.#choose());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#onClick("#refresh", () => this.#load());
    this.#onClick("#more", () => this.#loadMore());
    this.#onClick("#previous", () => this.#turn(this.#view.page - 1));
    this.#onClick("#next", () => this.#turn(this.#view.page + 1));
    find("#empty button").addEventListener("click", () => this.#showAll());
    addEventListener("popstate", () => !this.section.hidden && this.enter());
  }

  enter() {
    this.#look(viewIn(location.search));
  }

  leave() {
    this.#asked = this.#shown = this.#error = null;
    this.#retry.stopWaiting();
    find("#list tbody").replaceChildren();
  }

  render() {
    const { language } = this.#page;
    find("#zone").textContent = language.texts.zone(language.zone);
    find("#columns").replaceChildren(...headOf(language));
    this.#renderView();
    this.#renderState();
    this.#renderPaging();
  }

  #renderView() {
    const { texts } = this.#page.language;
    const labels = {
      status: texts.statuses,
      order: texts.orders,
      direction: Object.fromEntries(CHOICES.direction.map((each) => [each, texts.directions[each][this.#view.order]])),
      rows: {},
      paging: texts.pagings,
    };
    for (const [name, choices] of Object.entries(CHOICES)) {
      const select = this.#form.elements[name];
      const known = [...select.options];
      choices.forEach((value, index) => {
        if (!known[index]) select.add(new Option("", value));
        select.options[index].textContent = labels[name][value] ?? value;
      });
      select.value = this.#view[name];
    }
    able(find("#refresh"), !this.#asked, texts.refresh);
  }

  #renderState() {
    const { language } = this.#page;
    const { texts } = language;
    const isBusy = this.#asked !== null;
    const hasRows = Boolean(this.#shown?.requests.length);
    const isEmpty = this.#shown?.requests.length === 0;
    find("#list").setAttribute("aria-busy", String(isBusy));
    find("#list").hidden = Boolean(this.#error && !this.#shown);
    find("#list table").hidden = !hasRows;
    find("#skeleton").hidden = !isBusy || hasRows;
    find("#empty").hidden = isBusy || !isEmpty;
    find("#empty p").textContent = this.#view.status ? texts.noneOfThese : texts.noneYet;
    find("#empty button").hidden = !this.#view.status;
    find("#failure").hidden = !this.#error;
    write(find("#failure-text"), this.#error ? textOf(this.#error, texts) : "");
    write(find("#count"), isBusy ? texts.loading : this.#told());
    this.#retry.render();
  }

  /** How many requests are shown, of how many. */
  #told() {
    const { texts, number } = this.#writing;
    if (!this.#shown) return "";
    const { requests, count, offset } = this.#shown;
    if (requests.length === 0) return texts.none[this.#view.status];
    return texts.range(number(offset + 1), number(offset + requests.length), number(count));
  }

  #renderPaging() {
    const { texts, number } = this.#writing;
    const { paging, page } = this.#view;
    const count = this.#shown?.count ?? 0;
    const [last, furthest] = [lastPage(this.#view, count), furthestPage(this.#view)];
    const isIdle = this.#asked === null;
    find("#more").hidden = paging !== "more" || !this.#shown?.nextCursor;
    able(find("#more"), isIdle, isIdle ? texts.more : texts.loading);
    find("#pages").hidden = paging !== "pages" || last === 1;
    find("#pages").setAttribute("aria-label", texts.pages);
    find("#place").textContent = texts.place(number(page), number(last));
    able(find("#previous"), isIdle && page > 1);
    able(find("#next"), isIdle && page < Math.min(last, furthest));
    const isAtReach = paging === "pages" && page === furthest && page < last;
    find("#reach").textContent = isAtReach ? texts.reach(number(page * this.#view.rows)) : "";
  }

  get #writing() {
    const { language } = this.#page;
    return { texts: language.texts, number: (value) => language.number(value) };
  }

  /** Calls a listener unless the button is disabled. */
  #onClick(selector, act) {
    const button = find(selector);
    button.addEventListener("click", () => button.getAttribute("aria-disabled") !== "true" && act());
  }

  #choose() {
    const chosen = Object.fromEntries(Object.keys(CHOICES).map((name) => [name, this.#form.elements[name].value]));
    this.#go({ ...chosen, page: 1 });
  }

  #showAll() {
    this.#go({ ...this.#view, status: "", page: 1 });
    this.#form.elements.status.focus();
  }

  #turn(page) {
    this.#go({ ...this.#view, page }, "pushState");
    find("#count").focus();
  }

  #go(view, how = "replaceState") {
    history[how](null, "", location.pathname + searchOf(view));
    this.#look(view);
  }

  /** Changes the view; the rows of the old one are removed. */
  #look(view) {
    this.#view = view;
    this.#shown = null;
    find("#list tbody").replaceChildren();
    this.#load();
  }

  async #load() {
    const view = this.#view;
    const found = await this.#ask(() => this.#load(), pathOf(view));
    if (!found) return;
    const last = Math.min(lastPage(view, found.count), furthestPage(view));
    if (view.page > last) return void this.#go({ ...view, page: last }); // there were more requests when this address was copied
    this.#shown = { ...found, offset: offsetOf(view) };
    find("#list tbody").replaceChildren(...this.#rows(found.requests));
    this.render();
  }

  async #loadMore() {
    const before = this.#shown;
    const found = await this.#ask(() => this.#loadMore(), pathOf(this.#view, before.nextCursor));
    if (!found) return;
    // A request that has changed meanwhile may come again: it is shown once, in its new place.
    const ids = new Set(found.requests.map(({ id }) => id));
    const kept = before.requests.map(({ id }) => !ids.has(id));
    const [first, ...rest] = this.#rows(found.requests);
    const body = find("#list tbody");
    body.replaceChildren(...[...body.rows].filter((_, index) => kept[index]), ...(first ? [first, ...rest] : []));
    this.#shown = { ...found, offset: 0, requests: [...before.requests.filter((_, index) => kept[index]), ...found.requests] };
    const wasAtMore = document.activeElement === find("#more");
    this.render();
    if (wasAtMore && find("#more").hidden) find("#count").focus();
  }

  /** The response, or null if it must not be shown: it was an error, or there is a newer request. `again` repeats the request. */
  async #ask(again, path) {
    const asked = (this.#asked = {});
    const wasAtRetry = document.activeElement === find("#retry");
    this.#error = null;
    this.#retry.stopWaiting();
    this.render();
    if (wasAtRetry) find("#count").focus();
    try {
      const found = await this.#page.auth.call(path, { method: "GET", bearer: true });
      if (this.#asked !== asked) return null;
      this.#asked = null;
      return found;
    } catch (error) {
      if (this.#asked === asked) this.#fail(error, again);
      return null;
    }
  }

  #fail(error, again) {
    this.#asked = null;
    const { type, retryAfterSeconds } = error;
    if (type === "not_allowed") return this.#page.show("denied");
    if (type === "reauthentication_required") return this.#page.show("ask", undefined, "reauthenticate");
    if (type === "not_authenticated") return this.#page.show("ask", undefined, "ended");
    this.#error = error;
    this.#again = type === "bad_request" ? () => this.#load() : again; // the cursor may have expired
    if (retryAfterSeconds) this.#retry.waitUntil(new Date(Date.now() + retryAfterSeconds * 1000));
    this.render();
  }

  #rows(requests) {
    return requests.map((each) => rowOf(each, this.#page.language));
  }
}

/** Enables or disables a button; either way it keeps the focus, which a truly disabled button would lose. */
function able(button, isAble, text = button.textContent) {
  button.setAttribute("aria-disabled", String(!isAble));
  if (button.textContent !== text) button.textContent = text;
}

/** Sets a text only if it has changed, or else it would be announced again. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
