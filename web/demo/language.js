/** The languages of the page: their texts, how they write numbers, times and countries, and which of them is shown. */

import { texts as en } from "./texts/en.js";
import { texts as fa } from "./texts/fa.js";
import { texts as tr } from "./texts/tr.js";

const STORED_LANGUAGE = "customer-auth.demo.language";

export const languages = { en, tr, fa };

/** A language as the page uses it: its texts, its direction and its formats. */
export class Language {
  #twoDigits;
  #number;
  #moment;
  #deadline;
  #regions;
  #list;

  constructor(tag) {
    this.tag = tag;
    this.texts = languages[tag];
    this.direction = tag === "fa" ? "rtl" : "ltr";
    this.#twoDigits = new Intl.NumberFormat(tag, { minimumIntegerDigits: 2, useGrouping: false });
    this.#number = new Intl.NumberFormat(tag);
    this.#moment = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "medium" });
    this.#deadline = new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short" });
    this.#regions = new Intl.DisplayNames(tag, { type: "region" });
    this.#list = new Intl.ListFormat(tag, { type: "unit" });
  }

  number(value) {
    return this.#number.format(value);
  }

  /** Seconds as 1:29 or 2:05:00. */
  duration(seconds) {
    const minutes = Math.floor(seconds / 60);
    const parts = minutes < 60 ? [minutes] : [Math.floor(minutes / 60), minutes % 60];
    const [first, ...rest] = [...parts, seconds % 60];
    return [this.number(first), ...rest.map((each) => this.#twoDigits.format(each))].join(":");
  }

  moment(epochSeconds) {
    return this.#moment.format(new Date(epochSeconds * 1000));
  }

  /** A Date, to the minute. */
  deadline(date) {
    return this.#deadline.format(date);
  }

  country(region) {
    return this.#regions.of(region);
  }

  countries(regions) {
    return this.#list.format(regions.map((each) => this.country(each)));
  }
}

/** The tag of the language that was chosen here before, else the first of the browser's languages that the page has. */
export function preferredLanguage() {
  const tags = [storedLanguage(), ...navigator.languages.map((each) => each.split("-")[0])];
  return tags.find((each) => Object.hasOwn(languages, each)) ?? "en";
}

/** Stores the choice of a language for the next visits. */
export function storeLanguage(tag) {
  try {
    localStorage.setItem(STORED_LANGUAGE, tag);
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
}

function storedLanguage() {
  try {
    return localStorage.getItem(STORED_LANGUAGE) ?? "";
  } catch {
    return "";
  }
}
