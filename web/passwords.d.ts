/** The types of passwords.js. */

import { CustomerAuth } from "./customer-auth.js";
import type { Address, Challenge as CodeChallenge, Customer, NewSession, Session } from "./customer-auth.js";

/** A code that was asked for; `customerId` with the flow "verification". */
export interface Challenge extends Omit<CodeChallenge, "flow"> {
  flow: CodeChallenge["flow"] | "verification" | "contact";
  customerId?: string;
}

export interface Names {
  firstName?: string | null;
  lastName?: string | null;
  companyName?: string | null;
  metadata?: Record<string, unknown>;
}

/** Signed in, or still to sign in or to verify another address. */
export type Entered = (Session & { needsLogin: false }) | { customer: Customer; needsLogin: true; claims?: undefined };

export interface SessionShown {
  sid: string;
  createdAt: Date;
  lastUsedAt: Date;
  /** Like "Safari on iPhone". */
  client: string | null;
  current: boolean;
}

export interface Referral {
  referralLinkId: string;
  referredAt: Date;
  /** The ids of who sent this customer, and who sent those, by level from "1" on. */
  parentCustomersByLevel: Record<string, string>;
  /** Addresses are masked. */
  customer: {
    id: string;
    email: string | null;
    phone: string | null;
    firstName: string | null;
    lastName: string | null;
    createdAt: Date;
  };
}

/** A client of one service, for customers with and without a password. */
export class PasswordAuth extends CustomerAuth {
  /**
   * Keep an address with a password, and tell the token that `createCustomer` needs, within 30 minutes. Which of the two addresses it takes
   * is the service's setting; where it collects both, this is the email. Throws "identity_exists" for an address that can sign in already.
   */
  register(registration: Address & { password: string }): Promise<string>;
  /**
   * Make the customer of a registration; `verifications` are the codes that the service sent by itself. Signed in where nothing is left
   * to verify.
   */
  createCustomer(
    registration: string,
    customer?: Names & { email?: string; phone?: string; referralCode?: string },
  ): Promise<Entered & { verifications: Challenge[] }>;
  /**
   * Sign in. After the right password it may throw "verification_required", with the `customerId` that `requestVerification` takes, or
   * "registration_incomplete", with the `token` that `createCustomer` takes.
   */
  signIn(credentials: Address & { password: string }): Promise<Session>;
  /** Ask for the code that verifies an address which a customer has given. */
  requestVerification(of: Address & { customerId: string }): Promise<Challenge>;
  /** Ask for the code that makes an address the customer's, in the place of the one before. Needs a sign-in in the last 5 minutes. */
  requestContactChange(address: Address): Promise<Challenge>;
  /** Ask for another code in the place of this one, from its `resendAt` on. */
  resendCode<C extends Challenge>(challenge: C): Promise<C>;
  /**
   * Try a code. One of `requestVerification` signs in where nothing else is left to verify; else the answer says `needsLogin`.
   * One of `requestContactChange` gives the session its next tokens, and ends all others.
   */
  verifyCode<C extends Challenge>(
    challenge: C,
    code: string,
    names?: { firstName?: string; lastName?: string },
  ): Promise<C extends CodeChallenge ? NewSession : NewSession | Entered>;
  /**
   * Change the password, or set the first one: that needs a sign-in in the last 5 minutes in the place of the old one. Ends all other
   * sessions.
   */
  changePassword(passwords: { oldPassword?: string; newPassword: string; confirmPassword?: string }): Promise<Session>;
  /** Ask for the link that sets a new password. It never tells whether the address is known; "throttled" is told of both. */
  requestReset(address: Address): Promise<void>;
  /**
   * Set a new password, by the token and the address of the link. Ends all sessions; throws "wrong_proof" for a link that opens nothing
   * any more.
   */
  completeReset(reset: Address & { password: string; token: string }): Promise<void>;
  /** Who is signed in, as the service knows them now. */
  customer(): Promise<Customer>;
  /** Change what is given, null empties it; addresses change by `requestContactChange`. */
  updateCustomer(changes: Names): Promise<Customer>;
  /** Where the customer is signed in, the session used last first. */
  sessions(): Promise<SessionShown[]>;
  /** End one session of the customer's; to end this one, log out. */
  endSession(sid: string): Promise<void>;
  /** Whom the customer has referred, their addresses masked; `cursor` is the `nextCursor` of the part before. */
  referrals(part?: { limit?: number; cursor?: string | null }): Promise<{ children: Referral[]; nextCursor: string | null }>;
}
