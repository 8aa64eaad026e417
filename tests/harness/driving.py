"""What people do to cause messages: each function is one act of a person, or its preparation."""

from collections.abc import Callable
from urllib.parse import urlencode

from customer_auth.tokens import publishable_keys
from tests.harness.browsers import FORM
from tests.harness.people import LOGIN, PASSWORD, Person, new_email, new_ip

OTHER_PASSWORD = "a better horse and battery"
WRONG, NO_TOKEN = "1234567", "none"

# ── code requests ──


def code_request(path: str, channel: str, **more) -> Callable:
    def call(person: Person):
        address = {"phone": person.phone} if channel == "phone" else {"email": person.email}
        return person.api.post(path, ip=person.ip, **address, **more)

    return call


def request_code_from_known_device(person: Person):
    return person.request_code(LOGIN, device=person.device)


def from_elsewhere(act: Callable[[Person], object]) -> Callable[[Person], None]:
    """What the person does before, from another client, so that it takes nothing of this one's windows."""

    def do(person: Person) -> None:
        here, person.ip = person.ip, new_ip()
        act(person)
        person.api.deliver()
        person.ip = here

    return do


def be_unverified(person: Person) -> None:
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


def signed_in(person: Person, answer, **changed):
    """Return the response; if it has a session, the person takes it over with the changed fields."""
    if answer.status == 200:
        person.session |= answer.body
        vars(person).update(changed)
    return answer


def log_in_again(person: Person) -> dict:
    signed_in(person, person.log_in(person.password, email=person.email))
    return {}


def request_another_address(person: Person):
    return person.request_contact_change(email=new_email())


def leaving(person: Person) -> None:
    person.sign_up()
    assert person.leave().status == 200
    person.api.clock.advance(90)


# ── what follows on a code ──


def code_or_wrong(person: Person, response, to: str) -> dict:
    """What came, if it was let through; else a wrong one."""
    if response.status != 200:
        return {"challenge": NO_TOKEN, "code": WRONG}
    return {"challenge": response.body.get("challenge") or response["token"], "code": person.inbox.code(to)}


def proof_of(request_code: Callable, channel: str) -> Callable[[Person], dict]:
    def before(person: Person) -> dict:
        to = person.phone if channel == "phone" else person.email
        return code_or_wrong(person, request_code(person), to)

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


def request_verification(person: Person):
    return person.request_verification(person.id)


def reset_link(person: Person) -> dict:
    seen = len(person.inbox.of(person.email))
    person.forget_password()
    return {"token": person.reset_token() if len(person.inbox.of(person.email)) > seen else NO_TOKEN}


def reset(person: Person, token: str):
    return person.reset(token, OTHER_PASSWORD)


def change_password(person: Person):
    new = OTHER_PASSWORD if person.password == PASSWORD else PASSWORD
    return signed_in(person, person.change_password(new, old=person.password), password=new)


def another_address(person: Person) -> dict:
    """Change back and forth between two, so that one address is notified as often as possible."""
    log_in_again(person)
    new = person.spare if person.email != person.spare else person.first
    return {"new": new} | code_or_wrong(person, person.request_contact_change(email=new), new)


def change_contact(person: Person, new: str, challenge: str, code: str):
    return signed_in(person, person.change_contact(challenge, code), email=new)


def be_mover(person: Person) -> None:
    be_member(person)
    person.first, person.spare = person.email, new_email()


def cancel_any_deletion(person: Person) -> None:
    """Cancel the deletion, if there is one."""
    response = person.request_cancellation(email=person.email)
    if response.status == 200:
        person.cancel_deletion(response["token"], person.inbox.code(person.email))


def deletion_code(person: Person) -> dict:
    cancel_any_deletion(person)
    log_in_again(person)
    return code_or_wrong(person, person.request_deletion(), person.email)


def confirm_deletion(person: Person, challenge: str, code: str):
    return person.confirm_deletion(challenge, code)


def cancellation_code(person: Person) -> dict:
    log_in_again(person)
    response = person.request_deletion()
    if response.status == 200:
        person.confirm_deletion(response["token"], person.inbox.code(person.email))
    return code_or_wrong(person, person.request_cancellation(email=person.email), person.email)


def cancel_deletion(person: Person, challenge: str, code: str):
    return person.cancel_deletion(challenge, code)


def due_tomorrow(person: Person) -> None:
    leaving(person)
    person.api.deliver()
    person.api.clock.advance(6 * 86_400)


# ── accounts at providers ──


def add_provider(person: Person):
    return person.browser.sign_in(person.provider, token=person.session["token"])


def remove_provider(person: Person):
    path = f"/store/customers/me/identities/{person.provider.kind}"
    return person.api.request("DELETE", path, ip=person.ip, headers=person.bearer())


def add_and_remove_provider(person: Person):
    assert add_provider(person).status == 200
    assert remove_provider(person).status == 204


def with_provider(person: Person) -> dict:
    log_in_again(person)
    add_provider(person)
    return {}


def without_provider(person: Person) -> dict:
    log_in_again(person)
    remove_provider(person)
    return {}


def demand_deletion(person: Person):
    form = urlencode({"signed_request": person.provider.signed_request()})
    assert person.api.post("/login/facebook/data-deletion", ip=person.ip, headers=FORM, raw=form.encode()).status == 200
