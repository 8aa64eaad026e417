/** One field for country and number: it formats the number while it is typed, and shows its country. */

import { cleanPhone } from "../customer-auth.js";
import { callingCodes } from "./phone-formats.js";
import { settings } from "./settings.js";

const LONGEST_CALLING_CODE = 3;
const FEWEST_NATIONAL_DIGITS = 4;

/** ASCII digits, whatever script they were typed in, after a + if the number was written with its country code. */
export function asciiDigits(text) {
  const ascii = cleanPhone(text.normalize("NFKC"));
  const digits = ascii.replace(/\D/g, "");
  const marked = /^[^\d+]*\+/.test(ascii);
  if (marked) return `+${digits}`;
  return digits.startsWith("00") ? `+${digits.slice(2)}` : digits;
}

/**
 * What `text` spells: `text` formatted as far as it is known, its `region` and `callingCode` ("" while unknown), and the `number` to
 * send, null while too little was typed. It is what was typed, without marks: the service knows all that people write before a number.
 */
export function readPhone(text, defaultRegion) {
  const typed = asciiDigits(text);
  const isInternational = typed.startsWith("+");
  const callingCode = isInternational ? callingCodeOf(typed.slice(1)) : callingCodeOfRegion(defaultRegion);
  if (!callingCode) return { text: typed, region: "", callingCode, number: null };
  const [regions, trunk, formats] = callingCodes[callingCode];
  const written = isInternational ? typed.slice(1 + callingCode.length) : typed;
  const hasTrunk = trunk !== "" && written.startsWith(trunk);
  const national = hasTrunk ? written.slice(trunk.length) : written;
  const number = national.length < FEWEST_NATIONAL_DIGITS ? null : typed;
  const region = regionOf(regions, national, isInternational ? "" : defaultRegion);
  let formatted = "";
  if (hasTrunk) formatted = isInternational ? written : format(formats, national, (row) => row[1], trunk);
  else formatted = format(formats, national, (row) => (isInternational && row[3]) || row[2] || row[1]);
  if (isInternational) formatted = `+${callingCode}${formatted && ` ${formatted}`}`;
  return { text: formatted, region, callingCode, number };
}

/** A phone number as people write it, from left to right in every language. */
export const displayPhone = (phone) => `\u2066${readPhone(phone, settings.defaultRegion).text}\u2069`;

/** Formats what is typed into `input`; `onRead` is called with the number, at once and after each change. */
export class PhoneField {
  #input;
  #region;
  #onRead;

  constructor(input, region, onRead) {
    this.#input = input;
    this.#region = region;
    this.#onRead = onRead;
    input.addEventListener("beforeinput", (event) => this.#eraseDigit(event));
    input.addEventListener("input", () => this.#format());
    this.#format();
  }

  get value() {
    return readPhone(this.#input.value, this.#region);
  }

  #format() {
    const { value, selectionStart } = this.#input;
    const phoneNumber = this.value;
    if (phoneNumber.text !== value) {
      const digitsAfter = digitsIn(value.slice(selectionStart));
      this.#input.value = phoneNumber.text;
      const caret = positionBefore(phoneNumber.text, digitsAfter);
      if (document.activeElement === this.#input) this.#input.setSelectionRange(caret, caret);
    }
    this.#onRead(phoneNumber);
  }

  /** Backspace after a space or bracket erases the digit before it, because the separator itself would come back. */
  #eraseDigit(event) {
    const { value, selectionStart, selectionEnd } = this.#input;
    if (event.inputType !== "deleteContentBackward" || selectionStart !== selectionEnd) return;
    const { length } = value.slice(0, selectionStart).replace(/[^\d+]+$/, "");
    if (length < selectionStart) this.#input.setSelectionRange(length, length);
  }
}

function callingCodeOf(digits) {
  for (let length = 1; length <= LONGEST_CALLING_CODE; length += 1) {
    if (digits.slice(0, length) in callingCodes) return digits.slice(0, length);
  }
  return "";
}

function callingCodeOfRegion(region) {
  return Object.keys(callingCodes).find((code) => callingCodes[code][0].some((each) => nameOf(each) === region)) ?? "";
}

/** The region of a national number; `preferred` unless its digits say otherwise. */
function regionOf(regions, national, preferred) {
  const others = regions.filter((each) => Array.isArray(each));
  const match = others.find(([, beginning]) => new RegExp(`^(?:${beginning})`).test(national));
  return match?.[0] ?? (preferred || nameOf(regions[0]));
}

function nameOf(region) {
  return Array.isArray(region) ? region[0] : region;
}

/** The digits in the first format that fits exactly, else in the first one with room left, else unchanged. */
function format(formats, digits, templateOf, trunk = "") {
  const fitting = formats.filter(([leading]) => new RegExp(`^(?:${leading})`).test(digits)).map(templateOf);
  const roomOf = (template) => template.split("#").length - 1;
  const template = fitting.find((each) => roomOf(each) === digits.length) ?? fitting.find((each) => roomOf(each) > digits.length);
  return template ? fillIn(template, digits) : trunk + digits;
}

/** The template up to the last digit, and a closing bracket after it. */
function fillIn(template, digits) {
  let text = "";
  let used = 0;
  for (const character of template) {
    if (used === digits.length && character !== ")") break;
    text += character === "#" ? digits[used++] : character;
  }
  return text;
}

function digitsIn(text) {
  return text.replace(/\D/g, "").length;
}

/** The position in `text` that has this many digits after it. */
function positionBefore(text, digitsAfter) {
  let position = text.length;
  for (let left = digitsAfter; left > 0 && position > 0; ) {
    position -= 1;
    if (/\d/.test(text[position])) left -= 1;
  }
  return position;
}
