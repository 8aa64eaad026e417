"""A deletion from beginning to end, against the real service."""

from playwright.sync_api import expect

from customer_auth.deletion import receipts
from tests.browser.deletion.deletions import ask_to_delete


def enter_code(demo, number, before):
    """The code in the message after this number of messages."""
    expect(demo.code).to_be_focused()
    demo.code.fill(demo.code_sent_to(number, before + 1))


def leave(demo, number):
    later(demo)
    before = len(demo.stack.messages(number))
    ask_to_delete(demo, "moved")
    enter_code(demo, number, before)
    expect(demo.title).to_have_text("Your account will be deleted")


def later(demo, seconds=90):
    demo.stack.post("/_local/clock", advance_seconds=seconds)


def start_to_sign_in(demo, number):
    demo.page.goto("/_local/demo/")
    later(demo)
    before = len(demo.stack.messages(number))
    demo.request_code(number)
    enter_code(demo, number, before)


def test_the_pages_alone_can_cancel_a_deletion_delete_verify_the_receipt_and_register_again(demo, device, stack, number, numbers):
    operator = next(numbers)
    stack.sign_up(operator)
    assert stack.post("/_local/admin", phone=operator).json()["roles"] == ["admin"]
    demo.sign_in(number)
    leave(demo, number)

    start_to_sign_in(demo, number)
    expect(demo.title).to_have_text("Keep my account")
    demo.submit.click()
    expect(demo.notice).to_have_text("Your account stays. Sign in again.")

    later(demo, 3600)
    start_to_sign_in(demo, number)
    expect(demo.page.locator("#account")).to_be_visible()
    leave(demo, number)
    later(demo, 7 * 86_400)
    assert "was deleted" in stack.messages(number)[0]["body"]  # on the way, when the hourly run was due

    console = device(viewport={"width": 1280, "height": 800}, accept_downloads=True).new_page()
    console.goto("/_local/admin/?status=completed")
    before = len(stack.messages(operator))
    console.locator("#phone").fill(operator)
    console.locator("[type=submit]:visible").click()
    expect(console.locator("#code")).to_be_focused()
    console.locator("#code").fill(stack.messages(operator, count=before + 1)[0]["code"])
    row = console.locator("#list tbody tr").first
    expect(row).to_contain_text("completed", ignore_case=True)
    with console.expect_download() as download:
        row.get_by_role("button").click()
    receipt = receipts.check(download.value.path().read_text(), stack.request("GET", "/_local/receipts-key").text)
    assert receipt["request_id"] == download.value.suggested_filename.partition(".")[0]

    start_to_sign_in(demo, number)
    expect(demo.page.locator("#welcome")).to_have_text("Your account was just created.")
