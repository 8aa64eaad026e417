/** The types of passwords.js. */

import { CustomerAuth } from "./customer-auth.js";
import type { Address, Challenge as CodeChallenge, Customer, NewSession, Session } from "./customer-auth.js";

/** A requested code; `customerId` with the flow "verification". */
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

/** Signed in, or a sign-in or the verification of another address is still necessary. */
export type SignInResult = (Session & { needsLogin: false }) | { customer: Customer; needsLogin: true; claims?: undefined };

export interface ListedSession {
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
  /** The ids of this customer's referrer, of the referrer's referrer and so on, by level from "1". */
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
   * Register an address with a password; returns the token that `createCustomer` needs within 30 minutes. Which address it takes
   * is the service's setting; if it collects both, this is the email. Throws "identity_exists" if the address can already sign in.
   */
  register(registration: Address & { password: string }): Promise<string>;
  /**
   * Create the customer of a registration; `verifications` are the codes that the service has sent by itself. Signs in if nothing is left
   * to verify.
   */
  createCustomer(
    registration: string,
    customer?: Names & { email?: string; phone?: string; referralCode?: string },
  ): Promise<SignInResult & { verifications: Challenge[] }>;
  /**
   * Sign in. With the right password it may throw "verification_required", with the `customerId` that `requestVerification` takes, or
   * "registration_incomplete", with the `token` that `createCustomer` takes.
   */
  signIn(credentials: Address & { password: string }): Promise<Session>;
  /** Request the code that verifies an unverified address of a customer. */
  requestVerification(of: Address & { customerId: string }): Promise<Challenge>;
  /** Request the code that replaces the customer's email or phone by this address. Needs a sign-in in the last 5 minutes. */
  requestContactChange(address: Address): Promise<Challenge>;
  /** Request another code to replace this one, from its `resendAt` on. */
  resendCode<C extends Challenge>(challenge: C): Promise<C>;
  /**
   * Verify a code. One of `requestVerification` signs in if nothing else is left to verify; else the response says `needsLogin`.
   * One of `requestContactChange` gives this session its next tokens and ends all other sessions.
   */
  verifyCode<C extends Challenge>(
    challenge: C,
    code: string,
    names?: { firstName?: string; lastName?: string },
  ): Promise<C extends CodeChallenge ? NewSession : NewSession | SignInResult>;
  /**
   * Change the password, or set the first one, which needs a sign-in in the last 5 minutes instead of the old one. Ends all other
   * sessions.
   */
  changePassword(passwords: { oldPassword?: string; newPassword: string; confirmPassword?: string }): Promise<Session>;
  /** Request the link that sets a new password. The response never reveals whether the address is known, and neither does "throttled". */
  requestReset(address: Address): Promise<void>;
  /**
   * Set a new password with the token and the address of the link. Ends all sessions; throws "wrong_proof" if the link is no longer valid.
   */
  completeReset(reset: Address & { password: string; token: string }): Promise<void>;
  /** The customer who is signed in, as the service has them now. */
  customer(): Promise<Customer>;
  /** Change the members that are present; null empties one. Addresses change by `requestContactChange`. */
  updateCustomer(changes: Names): Promise<Customer>;
  /** The customer's sessions, the most recently used first. */
  sessions(): Promise<ListedSession[]>;
  /** End another session of the customer; to end this one, log out. */
  endSession(sid: string): Promise<void>;
  /** The customers whom this one has referred, with masked addresses; `cursor` is the `nextCursor` of the previous page. */
  referrals(part?: { limit?: number; cursor?: string | null }): Promise<{ children: Referral[]; nextCursor: string | null }>;
}
