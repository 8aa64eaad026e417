"""How each function that may make a message is called again and again: by one client, or for one address by many.

The template (`may_make_a_message`) and the recorded requests (`Wire.message_makers`) say which functions those are; a new one
fails the tests until it has a driver here.
"""

from collections.abc import Callable
from typing import NamedTuple

from tests.harness import driving, graphql_driving, roles
from tests.harness.people import LOGIN, REGISTER, Person

TIMES = 40  # by one client, of whom the widest window lets 30 through
CLIENTS = 40
SENDER = "SendMessages"
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem")
# The keys of the items that request a message from the sender.
REQUEST_KINDS = ("code#", "message#")
HANDS_OVER = ("sns:Publish", "sms-voice:SendTextMessage", "ses:SendEmail", "sqs:SendMessage")


class Driver(NamedTuple):
    """`ready` is done once for a person, `before` and `call` each time; `before` is the caller's own work and answers `call`'s arguments.

    `others`: the client chooses whom it is about, so one client goes to another person each time. `setting` is changed for it. `provider`:
    where the person has an account, as `person.provider`, with a browser.
    """

    call: Callable
    ready: Callable[[Person], object] = lambda _: None
    before: Callable[[Person], dict] = lambda _: {}
    others: bool = False
    setting: dict[str, str] = {}
    provider: str | None = None


def may_make_a_message() -> set[str]:
    """Every function whose policies let it write an item that the sender reads."""
    writes = [(action, roles.arns()["CodesTable.Arn"], kind) for action in WRITES for kind in REQUEST_KINDS]
    return {name for name in roles.roles() if any(statement.allows(*each) for statement in roles.may(name) for each in writes)}


def may_hand_over() -> set[str]:
    """Every function that may hand a message to a provider or to the sender's queue itself."""
    return {name for name in roles.roles() if any(action in HANDS_OVER for each in roles.may(name) for action in each.actions)}


SIGNED_UP, MEMBER, UNVERIFIED = (
    driving.from_elsewhere(Person.sign_up),
    driving.from_elsewhere(driving.be_member),
    driving.from_elsewhere(driving.be_unverified),
)
REGISTER_CODE, LOGIN_CODE = driving.code_request(f"{REGISTER}/request-otp", "phone"), driving.code_request(f"{LOGIN}/request-otp", "phone")
EMAIL_CODE, MOBILE_CODE = driving.code_request("/login/email/send", "email"), driving.code_request("/login/mobile/send", "phone")

# By logical id; behind a comma the particular case.
DRIVERS: dict[str, Driver] = {
    "RequestRegisterCode": Driver(REGISTER_CODE, others=True),
    "ResendRegisterCode": Driver(driving.code_request(f"{REGISTER}/resend-otp", "phone"), others=True),
    "VerifyRegisterCode": Driver(driving.verifies(f"{REGISTER}/verify-otp", "phone"), before=driving.proof_of(REGISTER_CODE, "phone")),
    "RequestLoginCode": Driver(LOGIN_CODE, ready=SIGNED_UP, others=True),
    "RequestLoginCode, a known device": Driver(driving.request_code_from_known_device, ready=SIGNED_UP, others=True),
    "ResendLoginCode": Driver(driving.code_request(f"{LOGIN}/resend-otp", "phone"), ready=SIGNED_UP, others=True),
    "VerifyLoginCode": Driver(
        driving.verifies(f"{LOGIN}/verify-otp", "phone"), ready=SIGNED_UP, before=driving.proof_of(LOGIN_CODE, "phone")
    ),
    "SendEmailCode": Driver(EMAIL_CODE, others=True),
    "VerifyEmailCode": Driver(driving.verifies("/login/email/verify", "email"), before=driving.proof_of(EMAIL_CODE, "email")),
    "SendMobileCode": Driver(MOBILE_CODE, others=True),
    "VerifyMobileCode": Driver(driving.verifies("/login/mobile/verify", "phone"), before=driving.proof_of(MOBILE_CODE, "phone")),
    "SignInByPhone": Driver(
        driving.verifies("/store/auth/phone", "phone", storefront=True), ready=SIGNED_UP, before=driving.proof_of(LOGIN_CODE, "phone")
    ),
    "SignInByPassword": Driver(lambda person: person.log_in(), ready=MEMBER),
    "SignInByPassword, not verified": Driver(lambda person: person.log_in(), ready=UNVERIFIED),
    "SendPasswordReset": Driver(lambda person: person.forget_password(), ready=driving.from_elsewhere(Person.register), others=True),
    "ResetPassword": Driver(driving.reset, ready=MEMBER, before=driving.reset_link),
    "ChangePassword": Driver(driving.change_password, ready=MEMBER, before=driving.log_in_again),
    "CreateCustomer": Driver(driving.create, before=driving.register, others=True, setting={"AUTO_SEND_ON_REGISTRATION": "true"}),
    "SendVerificationCode": Driver(driving.request_verification, ready=UNVERIFIED, others=True),
    "VerifyAddress": Driver(driving.verify_address, ready=UNVERIFIED, before=driving.proof_of(driving.request_verification, "email")),
    "RequestContactChange": Driver(driving.request_another_address, ready=MEMBER, before=driving.log_in_again),
    "RequestContactChange, one address": Driver(
        lambda person: person.request_contact_change(email=person.spare),
        ready=driving.from_elsewhere(driving.be_mover),
        before=driving.log_in_again,
    ),
    "ChangeContact": Driver(driving.change_contact, ready=driving.from_elsewhere(driving.be_mover), before=driving.another_address),
    "RequestDeletion": Driver(lambda person: person.request_deletion(), ready=MEMBER, before=driving.log_in_again, others=True),
    "ConfirmDeletion": Driver(driving.confirm_deletion, ready=MEMBER, before=driving.deletion_code),
    "RequestCancellation": Driver(lambda person: person.request_cancellation(), ready=driving.from_elsewhere(driving.leaving), others=True),
    "CancelDeletion": Driver(driving.cancel_deletion, ready=MEMBER, before=driving.cancellation_code),
    "ExchangeProviderCode": Driver(driving.add_provider, ready=MEMBER, before=driving.without_provider, provider="google"),
    "ExchangeProviderCode, and removed again": Driver(
        driving.add_and_remove_provider, ready=MEMBER, before=driving.log_in_again, provider="google"
    ),
    "RemoveIdentity": Driver(driving.remove_provider, ready=MEMBER, before=driving.with_provider, provider="google"),
    "RequestFacebookDataDeletion": Driver(driving.demand_deletion, ready=MEMBER, before=driving.with_provider, provider="facebook"),
    "ExecuteGraphql": Driver(graphql_driving.ask, others=True),
    "ExecuteGraphql, a customer's new number": Driver(graphql_driving.ask_as_customer, ready=MEMBER, before=driving.log_in_again),
    "ExecuteGraphql, a customer who changes the number": Driver(
        graphql_driving.change_number, ready=driving.from_elsewhere(graphql_driving.be_mover), before=graphql_driving.another_number
    ),
    "ProcessAccountDeletions": Driver(lambda person: person.api.process_deletions(), ready=driving.from_elsewhere(driving.due_tomorrow)),
}
