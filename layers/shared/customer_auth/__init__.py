"""Customer sign-in: the rules, in packages by feature. A package imports only those above it in this list.

base       time, ids, settings, errors, languages, rate-limit windows: pure, no AWS
addresses  phone numbers and email addresses: what people type becomes one key
aws        the client, its errors, DynamoDB, every key string, the secret keys
outgoing   requests to services other than AWS, and the secrets that they need
audit      the log line of a request, and its metrics
passwords  hashing, and the password attempts of a customer
customers  customers, their addresses, registrations and referrals
tokens     signing keys, access tokens and the other tokens that are signed or keyed
sessions   sessions and refresh tokens
otp        one-time codes: challenges, attempts, devices, windows, redemption
consents   consents to commercial messages, and their withdrawal
ledger     what messages cost, whether they arrived, and whether their codes were used
messaging  the outbox, notifications, texts, senders
social     sign-in by providers: states, providers, their tokens and answers
deletion   deletion requests, erasure, receipts
flows      one journey of a customer a file
http       Lambda events, requests, fields and schemas
graphql_api  the GraphQL schema, the bounds of documents, and the resolvers
"""
