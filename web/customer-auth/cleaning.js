/**
 * What people type and paste, without invisible marks, as the service reads it. The service cleans input itself; a page does it to tell
 * two spellings of one address from two addresses, and to show what it understood.
 */

/** A phone number as digits, after a + if it was written with its country code; other characters stay, and the service refuses them. */
export function cleanPhone(text) {
  const digits = joined(withoutScheme("tel:", text)).replace(/[٠-٩۰-۹０-９]/g, asciiDigit);
  return digits.replace(/＋/g, "+").replace(/[()./]/g, "");
}

/** An email address without invisible marks, surrounding spaces and `mailto:`. */
export const cleanEmail = (text) => withoutScheme("mailto:", text);

/** A code from a message: only its letters and digits, in upper case. */
export const cleanCode = (text) => joined(cleanText(text)).normalize("NFKC").replace(/[٠-٩۰-۹]/g, asciiDigit).toUpperCase();

/** A referral code: the same, with O as 0, and I and L as 1. */
export const cleanReferralCode = (text) => cleanCode(text).replace(/O/g, "0").replace(/[IL]/g, "1");

/** Text without format characters, and without surrounding tabs, line ends and spaces. */
export function cleanText(text) {
  return String(text).replace(/\p{Cf}/gu, "").replace(/^[\t\n\v\f\r\x85\p{Z}]+/u, "").replace(/[\t\n\v\f\r\x85\p{Z}]+$/u, "");
}

function withoutScheme(scheme, text) {
  const rest = cleanText(text);
  return rest.slice(0, scheme.length).toLowerCase() === scheme ? cleanText(rest.slice(scheme.length)) : rest;
}

const joined = (text) => text.replace(/[\p{Zs}\p{Pd}\u2212]/gu, "");
const asciiDigit = (digit) => String(digit.codePointAt(0) & 0xf);
