/** The steps of the demo, by the ids of their sections. */

import { Account } from "./account.js";
import { AddressChange, PasswordChange, Profile } from "./account-settings.js";
import { codeSignIn } from "./code-sign-in.js";
import { DataExport, DeletionCancellation, deletionKinds, DeletionRequest, ScheduledDeletion } from "./deletion.js";
import { ForgottenPassword, PasswordReset } from "./forgotten-password.js";
import { Identities } from "./identities.js";
import { PasswordSignIn } from "./password-sign-in.js";
import { ProviderResponse } from "./provider-response.js";
import { Referrals } from "./referrals.js";
import { Registration } from "./registration.js";
import { Sessions } from "./sessions.js";

const find = (selector) => document.querySelector(selector);

export function createSteps(page) {
  return {
    ...codeSignIn(page, { ask: find("#ask"), enter: find("#enter") }, deletionKinds),
    account: new Account(page),
    provider: new ProviderResponse(page),
    password: new PasswordSignIn(page),
    register: new Registration(page),
    forgot: new ForgottenPassword(page),
    reset: new PasswordReset(page),
    profile: new Profile(page),
    contact: new AddressChange(page),
    "new-password": new PasswordChange(page),
    sessions: new Sessions(page),
    identities: new Identities(page),
    referrals: new Referrals(page),
    download: new DataExport(page),
    delete: new DeletionRequest(page),
    deleted: new ScheduledDeletion(page),
    keep: new DeletionCancellation(page),
  };
}
