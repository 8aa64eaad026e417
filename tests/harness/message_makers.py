"""How each function that may make a message is driven, again and again: by one client, or at one address by many.

Which functions those are is found in the template (`may_make_a_message`) and in what was seen (`Wire.message_makers`); one that is new
fails the tests until it has its driver here.
"""

from collections.abc import Callable
from typing import NamedTuple

from customer_auth import publishable_keys
from tests.harness import roles
from tests.harness.people import LOGIN, PASSWORD, REGISTER, Person, new_email, new_ip

TIMES = 40  # by one client, of whom the widest window lets 30 through
CLIENTS = 12  # at one address, to which 5 messages come at most
OTHER_PASSWORD = "a better horse and battery"
WRONG, NO_TOKEN = "1234567", "none"
SENDER = "SendMessages"
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem")
# The items by which the sender is asked for something.
ASKED_IN = ("code#", "message#")
HANDS_OVER = ("sns:Publish", "ses:SendEmail", "sqs:SendMessage")


class Driver(NamedTuple):
    """`ready` is done once for a person, `before` and `call` each time; `before` is the caller's own work and answers `call`'s arguments.

    `others`: the client chooses whom it is about, so one client goes to another person each time. `setting` is changed for it.
    """

    call: Callable
    ready: Callable[[Person], object] = lambda _: None
    before: Callable[[Person], dict] = lambda _: {}
    others: bool = False
    setting: dict[str, str] = {}


def may_make_a_message() -> set[str]:
    """Every function whose policies let it write an item that the sender looks at."""
    asked = [(action, roles.arns()["CodesTable.Arn"], kind) for action in WRITES for kind in ASKED_IN]
    return {name for name in roles.roles() if any(statement.allows(*each) for statement in roles.may(name) for each in asked)}


def may_hand_over() -> set[str]:
    """Every function that may hand a message to a provider or to the sender's queue itself."""
    return {name for name in roles.roles() if any(action in HANDS_OVER for each in roles.may(name) for action in each.actions)}


# ── asks ──


def asks(path: str, channel: str, **more) -> Callable:
    def call(person: Person):
        address = {"phone": person.phone} if channel == "phone" else {"email": person.email}
        return person.api.post(path, ip=person.ip, **address, **more)

    return call


def ask_as_known(person: Person):
    return person.ask(LOGIN, device=person.device)


def from_elsewhere(act: Callable[[Person], object]) -> Callable[[Person], None]:
    """What the person does before, from another client, so that it takes nothing of this one's windows."""

    def do(person: Person) -> None:
        here, person.ip = person.ip, new_ip()
        act(person)
        person.api.deliver()
        person.ip = here

    return do


def be_claimant(person: Person) -> None:
    person.session = person.registered()


def be_member(person: Person) -> None:
    person.member()
    person.api.clock.advance(90)


def register(person: Person) -> dict:
    """Until the client has registered too often."""
    answer = person.register()
    return {"token": answer["token"] if answer.status == 201 else NO_TOKEN}


def create(person: Person, token: str):
    return person.create(token)


def log_in_again(person: Person) -> dict:
    answer = person.log_in(person.password, email=person.email)
    if answer.status == 200:
        person.session |= answer.body
    return {}


def ask_for_another_address(person: Person):
    return person.ask_contact(email=new_email())


def leaving(person: Person) -> None:
    person.sign_up()
    assert person.leave().status == 200
    person.api.clock.advance(90)


# ── what follows on a code ──


def code_or_wrong(person: Person, asked, to: str) -> dict:
    """What came, if it was let through; else a wrong one."""
    if asked.status != 200:
        return {"challenge": NO_TOKEN, "code": WRONG}
    return {"challenge": asked.body.get("challenge") or asked["token"], "code": person.inbox.code(to)}


def proof_of(ask: Callable, channel: str) -> Callable[[Person], dict]:
    def before(person: Person) -> dict:
        to = person.phone if channel == "phone" else person.email
        return code_or_wrong(person, ask(person), to)

    return before


def verifies(path: str, channel: str, *, storefront: bool = False) -> Callable:
    def call(person: Person, challenge: str, code: str):
        headers = {"x-publishable-api-key": publishable_keys.create("the shop", [])} if storefront else {}
        address = {"phone": person.phone} if channel == "phone" else {"email": person.email}
        proof = {"code": code} | ({"challenge": challenge} if challenge != NO_TOKEN else {})
        return person.api.post(path, ip=person.ip, headers=headers, **address, **proof)

    return call


def verify_address(person: Person, challenge: str, code: str):
    return person.verify_address(challenge, code)


def ask_verification(person: Person):
    return person.ask_verification(person.id)


def reset_link(person: Person) -> dict:
    seen = len(person.inbox.of(person.email))
    person.forget_password()
    return {"token": person.reset_token() if len(person.inbox.of(person.email)) > seen else NO_TOKEN}


def reset(person: Person, token: str):
    return person.reset(token, OTHER_PASSWORD)


def change_password(person: Person):
    new = OTHER_PASSWORD if person.password == PASSWORD else PASSWORD
    answer = person.change_password(new, old=person.password)
    if answer.status == 200:
        person.session |= answer.body
        person.password = new
    return answer


def another_address(person: Person) -> dict:
    """Back and forth between two, so that one address is told as often as can be."""
    log_in_again(person)
    new = person.spare if person.email != person.spare else person.first
    return {"new": new} | code_or_wrong(person, person.ask_contact(email=new), new)


def change_contact(person: Person, new: str, challenge: str, code: str):
    answer = person.change_contact(challenge, code)
    if answer.status == 200:
        person.session |= answer.body
        person.email = new
    return answer


def be_mover(person: Person) -> None:
    be_member(person)
    person.first, person.spare = person.email, new_email()


def keep(person: Person) -> None:
    """Cancel the deletion, if there is one."""
    asked = person.ask_to_stay(email=person.email)
    if asked.status == 200:
        person.stay(asked["token"], person.inbox.code(person.email))


def deletion_code(person: Person) -> dict:
    keep(person)
    log_in_again(person)
    return code_or_wrong(person, person.ask_deletion(), person.email)


def confirm_deletion(person: Person, challenge: str, code: str):
    return person.confirm_deletion(challenge, code)


def cancellation_code(person: Person) -> dict:
    log_in_again(person)
    asked = person.ask_deletion()
    if asked.status == 200:
        person.confirm_deletion(asked["token"], person.inbox.code(person.email))
    return code_or_wrong(person, person.ask_to_stay(email=person.email), person.email)


def cancel_deletion(person: Person, challenge: str, code: str):
    return person.stay(challenge, code)


def due_tomorrow(person: Person) -> None:
    leaving(person)
    person.api.deliver()
    person.api.clock.advance(6 * 86_400)


SIGNED_UP, MEMBER, CLAIMANT = from_elsewhere(Person.sign_up), from_elsewhere(be_member), from_elsewhere(be_claimant)
ASK_REGISTER, ASK_LOGIN = asks(f"{REGISTER}/request-otp", "phone"), asks(f"{LOGIN}/request-otp", "phone")
ASK_EMAIL, ASK_MOBILE = asks("/login/email/send", "email"), asks("/login/mobile/send", "phone")

# By logical id, and behind a comma what is particular about it.
DRIVERS: dict[str, Driver] = {
    "RequestRegisterCode": Driver(ASK_REGISTER, others=True),
    "ResendRegisterCode": Driver(asks(f"{REGISTER}/resend-otp", "phone"), others=True),
    "VerifyRegisterCode": Driver(verifies(f"{REGISTER}/verify-otp", "phone"), before=proof_of(ASK_REGISTER, "phone")),
    "RequestLoginCode": Driver(ASK_LOGIN, ready=SIGNED_UP, others=True),
    "RequestLoginCode, a known device": Driver(ask_as_known, ready=SIGNED_UP, others=True),
    "ResendLoginCode": Driver(asks(f"{LOGIN}/resend-otp", "phone"), ready=SIGNED_UP, others=True),
    "VerifyLoginCode": Driver(verifies(f"{LOGIN}/verify-otp", "phone"), ready=SIGNED_UP, before=proof_of(ASK_LOGIN, "phone")),
    "SendEmailCode": Driver(ASK_EMAIL, others=True),
    "VerifyEmailCode": Driver(verifies("/login/email/verify", "email"), before=proof_of(ASK_EMAIL, "email")),
    "SendMobileCode": Driver(ASK_MOBILE, others=True),
    "VerifyMobileCode": Driver(verifies("/login/mobile/verify", "phone"), before=proof_of(ASK_MOBILE, "phone")),
    "SignInByPhone": Driver(verifies("/store/auth/phone", "phone", storefront=True), ready=SIGNED_UP, before=proof_of(ASK_LOGIN, "phone")),
    "SignInByPassword": Driver(lambda person: person.log_in(), ready=MEMBER),
    "SignInByPassword, not verified": Driver(lambda person: person.log_in(), ready=CLAIMANT),
    "SendPasswordReset": Driver(lambda person: person.forget_password(), ready=from_elsewhere(Person.register), others=True),
    "ResetPassword": Driver(reset, ready=MEMBER, before=reset_link),
    "ChangePassword": Driver(change_password, ready=MEMBER, before=log_in_again),
    "CreateCustomer": Driver(create, before=register, others=True, setting={"AUTO_SEND_ON_REGISTRATION": "true"}),
    "SendVerificationCode": Driver(ask_verification, ready=CLAIMANT, others=True),
    "VerifyAddress": Driver(verify_address, ready=CLAIMANT, before=proof_of(ask_verification, "email")),
    "RequestContactChange": Driver(ask_for_another_address, ready=MEMBER, before=log_in_again),
    "RequestContactChange, one address": Driver(
        lambda person: person.ask_contact(email=person.spare), ready=from_elsewhere(be_mover), before=log_in_again
    ),
    "ChangeContact": Driver(change_contact, ready=from_elsewhere(be_mover), before=another_address),
    "RequestDeletion": Driver(lambda person: person.ask_deletion(), ready=MEMBER, before=log_in_again, others=True),
    "ConfirmDeletion": Driver(confirm_deletion, ready=MEMBER, before=deletion_code),
    "RequestCancellation": Driver(lambda person: person.ask_to_stay(), ready=from_elsewhere(leaving), others=True),
    "CancelDeletion": Driver(cancel_deletion, ready=MEMBER, before=cancellation_code),
    "ProcessAccountDeletions": Driver(lambda person: person.api.process_deletions(), ready=from_elsewhere(due_tomorrow)),
}
