/** What a shop sets; `make dev` serves this file with the stack's own settings in it. */
export const settings = {
  /** Where the service answers, like "https://auth.example.com"; empty is this page's own origin. */
  baseUrl: "",
  brand: "My Shop",
  /** The region of numbers typed without a country code, and all that are served: as DEFAULT_REGION and ALLOWED_REGIONS. */
  defaultRegion: "US",
  regions: ["US"],
  /** As OTP_LENGTH and OTP_CHARSET ("numeric" or "alphanumeric"). */
  codeLength: 6,
  codeCharset: "numeric",
  /** What a registration with a password collects, as REGISTRATION_IDENTIFIER: "email", "phone" or "both". */
  registration: "email",
  /** As DELETION_SCHEDULED_DAYS. */
  deletionDays: 7,
  /** Where what the local stack sends can be read; empty hides the link. */
  inboxUrl: "",
};
