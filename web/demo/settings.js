/** The shop's settings; `make dev` serves this file with the settings of the local stack. */
export const settings = {
  /** The service's address, like "https://auth.example.com"; empty is this page's own origin. */
  baseUrl: "",
  brand: "My Shop",
  /** The region of numbers without a country code, and all regions that are served: DEFAULT_REGION and ALLOWED_REGIONS. */
  defaultRegion: "US",
  regions: ["US"],
  /** As OTP_LENGTH and OTP_CHARSET ("numeric" or "alphanumeric"). */
  codeLength: 6,
  codeCharset: "numeric",
  /** What a registration with a password collects, as REGISTRATION_IDENTIFIER: "email", "phone" or "both". */
  registration: "email",
  /** The providers that are set up: "google", "apple", "facebook". This page's address, without its query, must be one of REDIRECT_URLS. */
  providers: [],
  /** As DELETION_SCHEDULED_DAYS. */
  deletionDays: 7,
  /** The address of the local stack's inbox; empty hides the link. */
  inboxUrl: "",
};
