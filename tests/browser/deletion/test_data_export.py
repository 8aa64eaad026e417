"""Downloading one's data."""

import json

from playwright.sync_api import expect

from tests.browser.deletion.deletions import EXPORTED_DATA, OLD_SIGN_IN, open_at, sign_in_again


def test_the_customer_s_data_is_downloaded_as_a_file(demo, number):
    demo.page.route("**/store/customers/me/export", lambda route: route.fulfill(json=EXPORTED_DATA))
    demo.sign_in(number)
    demo.page.get_by_role("button", name="Download my data").click()
    with demo.page.expect_download() as download:
        demo.submit.click()

    assert download.value.suggested_filename == "my-data.json"
    assert json.loads(download.value.path().read_text(encoding="utf-8")) == EXPORTED_DATA
    expect(demo.notice).to_have_text("The file is in your downloads.")


def test_an_old_sign_in_is_repeated_before_the_download(demo, number):
    answers = iter([OLD_SIGN_IN, {"json": EXPORTED_DATA}])
    demo.page.route("**/store/customers/me/export", lambda route: route.fulfill(**next(answers)))
    demo.sign_in(number)
    open_at(demo, "download")
    demo.submit.click()
    expect(demo.error).to_have_text("This needs a sign-in of just now.")
    sign_in_again(demo, number)

    expect(demo.title).to_have_text("Download my data")
    with demo.page.expect_download():
        demo.submit.click()
