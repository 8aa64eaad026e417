/** Signing in with a code, as the demo and the admin console both do: the markup of its two steps, and the steps. */

import { element } from "./elements.js";
import { EnterCodeStep } from "./enter-code.js";
import { RequestCodeStep } from "./request-code.js";

const CHOICES = { phone: { checked: "" }, email: {} };

/** Renders both steps into the page's sections, before what the page itself has there; `kinds` as `EnterCodeStep` takes them. */
export function codeSignIn(page, sections, kinds) {
  sections.ask.prepend(...requestCodeMarkup());
  sections.enter.prepend(...enterCodeMarkup());
  return { ask: new RequestCodeStep(page, sections.ask), enter: new EnterCodeStep(page, sections.enter, kinds) };
}

function requestCodeMarkup() {
  return [
    element("h1", { tabindex: "-1", "data-text": "askTitle" }),
    element("p", { class: "lead", "data-text": "askLead" }),
    element("form", { novalidate: "" }, choiceMarkup(), phoneMarkup(), emailMarkup(), errorLine("ask-error"), submitButton()),
  ];
}

function choiceMarkup() {
  const choices = Object.entries(CHOICES).map(([by, attributes]) =>
    element("label", {}, element("input", { type: "radio", name: "by", value: by, ...attributes }), element("span", { "data-text": by })),
  );
  return element("fieldset", { class: "switch" }, element("legend", { class: "unseen", "data-text": "by" }), ...choices);
}

function phoneMarkup() {
  const input = { id: "phone", type: "tel", inputmode: "tel", autocomplete: "tel", required: "", "aria-describedby": "ask-error phone-hint" };
  return element("div", { id: "by-phone" },
    element("label", { for: "phone", "data-text": "phoneNumber" }),
    element("div", { class: "box", dir: "ltr" }, element("span", { id: "country", "aria-hidden": "true" }), element("input", input)),
    element("p", { id: "phone-hint", class: "hint" }),
  );
}

function emailMarkup() {
  const typing = { type: "email", inputmode: "email", autocomplete: "email", autocapitalize: "none", spellcheck: "false" };
  return element("div", { id: "by-email", hidden: "" },
    element("label", { for: "email", "data-text": "emailAddress" }),
    element("div", { class: "box", dir: "ltr" }, element("input", { id: "email", ...typing, required: "", "aria-describedby": "ask-error" })),
  );
}

function enterCodeMarkup() {
  const typing = { autocomplete: "one-time-code", autocapitalize: "characters", autocorrect: "off", spellcheck: "false" };
  const change = element("button", { type: "button", id: "change", class: "link" });
  return [
    element("h1", { tabindex: "-1", "data-text": "codeTitle" }),
    element("p", { class: "lead" }, element("span", { id: "sent-to" }), " ", change),
    element("form", { novalidate: "" },
      element("label", { for: "code", "data-text": "code" }),
      element("div", { class: "box code", dir: "ltr" },
        element("input", { id: "code", ...typing, required: "", "aria-describedby": "enter-error sent-to" })),
      errorLine("enter-error"),
      element("p", { id: "delivery", class: "hint", role: "status" }),
      submitButton(), " ",
      element("button", { type: "button", id: "resend", class: "quiet" }),
    ),
  ];
}

const errorLine = (id) => element("p", { id, class: "error", role: "alert" });

const submitButton = () => element("button", { class: "primary", type: "submit" });
