/** All texts of the console, in English, and the format of times, in the reader's own time zone and language. */

import { Language } from "../demo/language.js";
import { texts as en } from "../demo/texts/en.js";

const texts = {
  ...en,
  console: "Admin console",
  askTitle: "Sign in to the admin console",
  askLead: "We send a code to the address of your administrator's account.",
  reauthenticate: "Your sign-in is more than 12 hours old. Sign in again to go on.",
  loggedOut: "You are logged out.",
  logOut: "Log out",
  loggingOut: "Logging out…",
  deniedTitle: "This account is no administrator",
  deniedLead: "It may sign in, but it lacks the role “admin”. Ask whoever runs the service for it, or use another account.",
  checkAgain: "Check again",
  requestsTitle: "Account deletion requests",
  viewTitle: "What is shown",
  status: "Status",
  statuses: { "": "All", pending: "Pending", confirmed: "Confirmed", cancelled: "Cancelled", completed: "Completed" },
  order: "Order by",
  orders: { created_at: "Asked", updated_at: "Changed", customer_id: "Customer ID" },
  direction: "Direction",
  directions: {
    DESC: { created_at: "Newest first", updated_at: "Newest first", customer_id: "Z to A" },
    ASC: { created_at: "Oldest first", updated_at: "Oldest first", customer_id: "A to Z" },
  },
  rows: "Rows at a time",
  paging: "Go on by",
  pagings: { more: "Loading more", pages: "Pages" },
  refresh: "Refresh",
  more: "Load more",
  pages: "Pages",
  previous: "Previous",
  next: "Next",
  range: (from, to, count) => `${from}–${to} of ${count}`,
  place: (page, pages) => `Page ${page} of ${pages}`,
  reach: (rows) => `Pages end after ${rows} requests. Go on by loading more to see the rest.`,
  zone: (zone) => `Times are in the zone ${zone}.`,
  none: {
    "": "There are no requests.",
    pending: "There are no pending requests.",
    confirmed: "There are no confirmed requests.",
    cancelled: "There are no cancelled requests.",
    completed: "There are no completed requests.",
  },
  noneYet: "A request appears here once a customer asks for the deletion of their account.",
  noneOfThese: "There may be requests with another status.",
  showAll: "Show all requests",
  columns: {
    id: "Request",
    status: "Status",
    customer: "Customer",
    reason: "Reason",
    created: "Asked",
    due: "Due",
    changed: "Changed",
    ended: "Ended",
    receipt: "Receipt",
  },
  costsTitle: "What messages cost",
  costsReach: "Hours in UTC, each from an hour after its end on. Deliveries and codes used are complete after three days.",
  month: "Month",
  region: "Region",
  sender: "Sender",
  counts: ["Asked", "Sent", "Delivered", "Codes used"],
  usd: "USD",
  usdPerVerified: "USD for each code used",
  together: "Together",
  email: "Email",
  chart: "Messages sent, and the codes among them that were used, by region and sender.",
  noCosts: "Nothing was sent in this month, or its hours are not added up yet.",
  noReason: "None given",
  nothing: "–",
  cancelledAt: "Cancelled",
  completedAt: "Completed",
  showWhole: "Show all of it",
  showLess: "Show less",
  download: "Download",
  downloadOf: (id) => `Download the receipt of ${id}`,
  retry: "Try again",
  errors: {
    ...en.errors,
    not_authenticated: en.ended,
    offline: "There is no connection. Try again when you are back online.",
    throttled: "Too many requests. Try again in a moment.",
    unavailable: "The service is not available right now. Try again in a moment.",
  },
};

/** English, except for times. */
export class OperatorsLanguage extends Language {
  #moment = new Intl.DateTimeFormat(navigator.languages, { dateStyle: "medium", timeStyle: "short" });

  constructor() {
    super("en");
    this.texts = texts;
  }

  get zone() {
    return this.#moment.resolvedOptions().timeZone;
  }

  /** The tag of the language for times. */
  get momentsTag() {
    return this.#moment.resolvedOptions().locale;
  }

  /** Formats a time of the service, like "2026-01-31T09:30:00Z". */
  localMoment(text) {
    return this.#moment.format(new Date(text));
  }
}
