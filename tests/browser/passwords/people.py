"""People with a password, and the demo's steps as they use them."""

import re
import time
from itertools import count

from playwright.sync_api import expect

PASSWORD = "correct horse battery"
OTHER = "another fine phrase"
LINK = re.compile(r"http\S+/reset-password\S+")
_ADDRESSES = count(1000)


class Person:
    """A person with an email, a phone and a password, and no account yet."""

    def __init__(self, stack):
        number = next(_ADDRESSES)
        self.stack = stack
        self.email = f"person{number}@example.com"
        self.phone = f"+1212555{number}"
        self.password = PASSWORD

    def code(self, address, newer_than=0):
        messages = self.stack.messages(address, count=newer_than + 1)
        return messages[0]["code"]

    def link(self):
        """Wait for the newest link to a new password."""
        while not (links := LINK.findall(" ".join(each["body"] for each in self.stack.messages(self.email)))):
            time.sleep(0.02)
        return links[0]

    def register(self, **more):
        """Register over HTTP; returns the response to the last verification, with its session."""
        token = self.stack.post("/auth/customer/emailpass/register", email=self.email, password=self.password).json()["token"]
        body = {"email": self.email, "phone": self.phone, **more}
        bearer = {"authorization": f"Bearer {token}"}
        customer = self.stack.request("POST", "/store/customers", json=body, headers=bearer).json()["customer"]
        for by in ("email", "phone"):
            challenge = self.stack.post("/store/customers/otp/send", customer_id=customer["id"], type=f"{by}_verification").json()
            session = self.stack.post("/store/customers/otp/verify", token=challenge["token"], code=self.code(getattr(self, by))).json()
        return session


class Steps:
    """The demo's steps as a person uses them."""

    def __init__(self, demo):
        self.page = demo.page
        self.demo = demo

    def go(self, name):
        self.page.locator(f"section:visible [data-show={name}]").click()

    def fill(self, **values):
        for name, value in values.items():
            self.page.locator(f"section:visible [name={name}]").fill(value)

    def submit(self):
        self.demo.submit.click()

    def open(self, name):
        self.page.goto(f"/_local/demo/#{name}")

    def sign_in(self, person, password=None):
        self.open("password")
        self.fill(who=person.email, password=password or person.password)
        self.submit()
        expect(self.page.locator("#account")).to_be_visible()

    def log_out(self):
        self.page.locator("#log-out").click()
        expect(self.page.locator("#ask")).to_be_visible()

    def register(self, person, **more):
        self.open("register")
        self.fill(**({"email": person.email, "phone": person.phone, "password": person.password} | more))
        self.submit()
