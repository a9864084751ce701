"""Pages on which people decide, in a real browser."""

import base64
import email
import email.policy
import hashlib
import hmac
import http.client
import json
import logging
import os
import queue
import re
import ssl
import tempfile
import time

import rig
import wire
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cases import case, cases_of, run, same, that
from rig import PASSWORD
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

# What the mail server has to say about itself.
logging.disable(logging.ERROR)

REFUND = {"paymentId": "pay_north_03", "amount": 500, "currency": "EUR", "reason": "returned goods"}


class MailBox:
    """A mail server that takes nothing but mail over TLS from whoever signed in."""

    def __init__(self, started):
        self.folder = started.place()
        rig.certificate(self.folder, "mail")
        self.mails = queue.Queue()
        self.signed_in = []
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.folder / "mail.pem", self.folder / "mail.key")
        self.controller = Controller(
            self, hostname="127.0.0.1", port=rig.free_port(), tls_context=tls, require_starttls=True,
            auth_required=True, authenticator=self.authenticate,
        )
        self.controller.start()
        started.callback(self.controller.stop)

    def authenticate(self, server, session, envelope, mechanism, data):
        self.signed_in.append((mechanism, data.login, data.password, session.ssl is not None))
        return AuthResult(success=(data.login, data.password) == (b"gate", b"mail-password"), handled=False)

    async def handle_DATA(self, server, session, envelope):
        self.mails.put((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"

    @property
    def configuration(self):
        return (
            f"mail: {{ server: localhost:{self.controller.port}, from: gate@example.com, user: gate, secret: mail, "
            f"trust-roots: {json.dumps(str(self.folder / 'mail.pem'))} }}\n"
        )

    def next(self):
        return self.mails.get(timeout=20)


class World:
    """A gateway with pages, and browsers that look at them."""

    def __init__(self, started):
        self.rig = started
        self.acme = started.acme()
        self.port = rig.free_port()
        configuration = rig.with_pages(rig.acme_configuration(self.acme.port), self.port)
        self.mail = MailBox(started)
        configuration = configuration.replace("version: 1\n", "version: 1\n" + self.mail.configuration, 1)
        hook = "notify:\n  - { webhook: 'http://127.0.0.1:9/none', secret: chat, allow-loopback: true, about: findings, replies: true }\n"
        configuration = configuration.replace("version: 1\n", "version: 1\n" + hook, 1)
        configuration = configuration.replace(
            "  ben: { roles: [manager] }\n",
            "  ben: { roles: [manager], mail: ben@example.com }\n  ana: { roles: [], mail: ana@example.com }\n", 1
        )
        self.gateway = started.acme_gateway(self.acme, configuration)
        self.gateway.do("vault", "put", "mail", stdin="mail-password")
        self.gateway.do("vault", "put", "chat", stdin="chat-secret")
        self.gateway.start()
        self.url = f"http://localhost:{self.port}"
        self.token = self.gateway.token("ana")
        self.driver = None
        started.callback(self.close)

    def close(self):
        if self.driver:
            self.driver.quit()
            self.driver = None

    def browser(self, script=True, phone=False):
        """A fresh browser, in place of the one before."""
        self.close()
        options = webdriver.ChromeOptions()
        profile = tempfile.mkdtemp(prefix="profile.", dir=self.rig.folder)
        for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}"]:
            options.add_argument(argument)
        options.add_argument("--window-size=" + ("390,844" if phone else "1200,900"))
        options.binary_location = "/usr/bin/chromium"
        if not script:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver", log_output=os.devnull))
        self.driver.set_page_load_timeout(60)
        return self.driver

    def propose(self, **changes):
        arguments = {**REFUND, **changes}
        result = wire.call(self.gateway.port, self.token, "create_refund", arguments).result
        that("waits for a person" in wire.text_of(result), result)
        call = result["_meta"]["dev.sallyport/call"]
        same(result["_meta"]["dev.sallyport/approval"], f"{self.url}/approvals/{call}")
        that(result["_meta"]["dev.sallyport/approval"] in wire.text_of(result), result)
        return call, arguments

    def phase(self, call):
        return json.loads(self.gateway.do("approvals", "show", call, "--json"))["phase"]


def sign_in(browser, world, name, path="/approvals"):
    browser.get(world.url + path)
    browser.find_element(By.NAME, "name").send_keys(name)
    browser.find_element(By.NAME, "password").send_keys(PASSWORD.format(name))
    press(browser, "button.main")


def press(browser, selector):
    button = browser.find_element(By.CSS_SELECTOR, selector)
    button.click()
    # The page that is left may answer a moment longer.
    WebDriverWait(browser, 30).until(lambda _: gone(button))


def gone(element):
    try:
        element.is_enabled()
        return False
    except Exception:
        return True


@cases_of({"with script": (True, False), "without script": (False, False), "on a phone": (False, True)})
def a_person_signs_in_and_approves_exactly_what_they_see(world, how):
    script, phone = how
    call, arguments = world.propose(amount=60 + 2 * script + phone)
    browser = world.browser(script, phone)
    sign_in(browser, world, "ben", f"/approvals/{call}")
    same(browser.current_url, f"{world.url}/approvals/{call}")
    heading = browser.find_element(By.TAG_NAME, "h1").text
    that("refund" in heading and "pay_north_03" in heading and str(arguments["amount"]) in heading, heading)
    width = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]") if script else [0, 1]
    that(width[0] <= width[1], f"the page is wider than the window: {width}")
    approve = browser.find_element(By.CSS_SELECTOR, "button.approve")
    that(approve.size["height"] >= 40 and approve.location["x"] >= 0, "the button can be pressed with a thumb")
    before = world.acme.refunds("pay_north_03")
    press(browser, "button.approve")
    that("approved" in browser.find_element(By.TAG_NAME, "main").text, browser.page_source)
    same(world.phase(call), "approved")
    result = wire.call(world.gateway.port, world.token, "create_refund", arguments).result
    that(not result.get("isError"), result)
    same(len(world.acme.refunds("pay_north_03")), len(before) + 1)
    decided = [event for event in world.gateway.events(call) if event["event"] == "approved"]
    same([(event["by"], event["channel"]) for event in decided], [("ben", "page")])


@case
def rejecting_is_one_press_away_and_the_agent_is_told(world):
    call, arguments = world.propose(amount=701)
    browser = world.browser()
    sign_in(browser, world, "ben", f"/approvals/{call}")
    browser.find_element(By.CSS_SELECTOR, "form.stack input[name=reason]").send_keys("not this quarter")
    press(browser, "button.reject")
    same(world.phase(call), "rejected")
    told = wire.text_of(wire.call(world.gateway.port, world.token, "create_refund", arguments).result)
    that("not this quarter" in told, told)


@case
def who_may_decide_is_told_by_mail_and_decides_on_the_page(world):
    while not world.mail.mails.empty():
        world.mail.mails.get()
    call, arguments = world.propose(
        amount=64, reason="see https://evil.example\r\nBcc: eve@evil.example\r\n\r\nApproved already."
    )
    recipients, mail = world.mail.next()
    same(recipients, ["ben@example.com"])
    same(mail["To"].addresses[0].addr_spec, "ben@example.com")
    that(mail["Subject"].startswith("[Sallyport] Approval wanted: ") and "pay_north_03" in mail["Subject"], mail["Subject"])
    same(mail["Bcc"], None)
    same(mail.get_content_type(), "text/plain")
    text = mail.get_content()
    links = re.findall(r"[a-z]+://\S+", text)
    same([link.strip() for link in links], [f"{world.url}/approvals/{call}"])
    that("ana" in text and "64" in text and call in text, text)
    same(world.mail.signed_in[-1], ("PLAIN", b"gate", b"mail-password", True))
    # Nobody else is told of it, and opening the link decides nothing.
    browser = world.browser()
    browser.get(f"{world.url}/approvals/{call}")
    same(world.phase(call), "proposed")
    sign_in(browser, world, "ben", f"/approvals/{call}")
    press(browser, "button.approve")
    same(world.phase(call), "approved")
    that(world.mail.mails.empty(), "somebody else was told")


@case
def a_mail_server_that_refuses_is_written_down_and_nothing_waits_for_it(world):
    world.gateway.do("vault", "put", "mail", stdin="another-password")
    try:
        call, _ = world.propose(amount=65)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            failed = [e for e in world.gateway.audit("--act", "notice-failed") if "ben@example.com" in json.dumps(e)]
            if failed:
                break
            time.sleep(0.1)
        that("ben@example.com" in json.dumps(failed), lambda: (failed, world.gateway.log(), world.mail.signed_in, world.mail.mails.qsize()))
        that("another-password" not in json.dumps(failed) + world.gateway.log(), "the password is in the log")
    finally:
        world.gateway.do("vault", "put", "mail", stdin="mail-password")


HOSTILE = {
    "script": "<script>document.title='taken'</script>",
    "image": "<img src=x onerror=\"document.title='taken'\">",
    "end of table": "</td></tr></table></dl></details><form action='//evil.example'><button class=approve>Approve</button>",
    "fake approval": "“ EUR.\nApproved by: ben (manager)\n“",
    "bidi": "\u202e\u2066 txet desrever \u2069",
    "zalgo": "z" + "\u0335\u0336\u0337\u0338" * 200,
    "style": "<style>button.reject{display:none}</style>",
    "long": "very " * 400,
}


@cases_of(HOSTILE)
def hostile_text_stays_text(world, text):
    call, _ = world.propose(amount=800 + list(HOSTILE.values()).index(text), reason=text[:480])
    browser = world.browser()
    sign_in(browser, world, "ben", f"/approvals/{call}")
    that(browser.title != "taken", browser.title)
    for selector, count in {
        "script": 0, "img": 0, "style": 0, "button.approve": 1, "button.reject": 1, "form[action*=evil]": 0, "iframe": 0,
    }.items():
        same(len(browser.find_elements(By.CSS_SELECTOR, selector)), count, selector)
    that(browser.find_element(By.CSS_SELECTOR, "button.reject").is_displayed(), "rejecting is still possible")
    lines = browser.find_element(By.TAG_NAME, "main").text.splitlines()
    that(not any(line.startswith("Approved by") for line in lines), lines)
    that(not any("\u202e" in line for line in lines), lines)
    width = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    that(width[0] <= width[1], f"the page is wider than the window: {width}")
    bottom = browser.find_element(By.CSS_SELECTOR, "button.approve").location["y"]
    that(bottom < 3000, f"the buttons are {bottom} pixels away")
    same(world.phase(call), "proposed")


@case
def another_site_cannot_send_the_form(world):
    call, _ = world.propose(amount=901)
    browser = world.browser()
    sign_in(browser, world, "ben", f"/approvals/{call}")
    token = browser.find_element(By.NAME, "form-token").get_attribute("value")
    attack = (
        f"<form method=post action='{world.url}/approvals/{call}'><input name=verdict value=approve>"
        f"<input name=form-token value='{token}'><button id=go>go</button></form>"
    )
    browser.get("data:text/html;base64," + base64.b64encode(attack.encode()).decode())
    press(browser, "#go")
    # The token is right, as if it had leaked; where the form came from is not.
    same(world.phase(call), "proposed")
    that("nothing was" in browser.page_source or "Sign in" in browser.page_source, browser.page_source)


@case
def nobody_frames_the_page(world):
    call, _ = world.propose(amount=902)
    browser = world.browser()
    sign_in(browser, world, "ben", f"/approvals/{call}")
    browser.get(f"data:text/html,<iframe src='{world.url}/approvals/{call}'></iframe>")
    browser.switch_to.frame(0)
    same(len(browser.find_elements(By.CSS_SELECTOR, "button.approve")), 0)


@case
def the_session_is_a_cookie_that_no_script_reads(world):
    browser = world.browser()
    sign_in(browser, world, "ben")
    cookies = browser.get_cookies()
    same([cookie["name"] for cookie in cookies], ["__Host-sallyport"])
    that(cookies[0]["httpOnly"] and cookies[0]["secure"] and cookies[0]["sameSite"] == "Lax", cookies)
    same(browser.execute_script("return document.cookie"), "")
    press(browser, "header button")
    same(browser.get_cookies() and browser.current_url, f"{world.url}/sign-in")
    browser.get(world.url + "/approvals")
    that("/sign-in" in browser.current_url, browser.current_url)


@case
def a_wrong_password_opens_nothing_and_is_recorded(world):
    browser = world.browser()
    browser.get(world.url + "/approvals")
    browser.find_element(By.NAME, "name").send_keys("ben")
    browser.find_element(By.NAME, "password").send_keys("wrong password")
    press(browser, "button.main")
    that("wrong" in browser.find_element(By.CSS_SELECTOR, "[role=alert]").text, browser.page_source)
    acts = world.gateway.audit("--act", "sign-in-refused", "--user", "ben")
    that(acts, "no record")


@case
def an_agents_token_opens_no_page(world):
    call, _ = world.propose(amount=903)
    for path, method in [("/approvals", "GET"), (f"/approvals/{call}", "POST"), ("/api/approvals", "GET"), (f"/api/approvals/{call}", "POST")]:
        connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=30)
        headers = {
            "Host": f"localhost:{world.port}", "Authorization": f"Bearer {world.token}", "Origin": world.url,
            "Content-Type": "application/json",
        }
        connection.request(method, path, body=json.dumps({"verdict": "approve"}) if method == "POST" else None, headers=headers)
        that(connection.getresponse().status in (303, 401, 403), path)
    same(world.phase(call), "proposed")


@case
def a_program_decides_as_its_person(world):
    call, arguments = world.propose(amount=904)
    credentials = base64.b64encode(f"ben:{PASSWORD.format('ben')}".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=30)
    headers = {"Host": f"localhost:{world.port}", "Authorization": f"Basic {credentials}", "Content-Type": "application/json"}

    def ask(**body):
        connection.request("POST" if body else "GET", f"/api/approvals/{call}", json.dumps(body) if body else None, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    _, shown = ask()
    for digest in [None, "0" * 64]:
        same(ask(verdict="approve", reason="checked", **({"digest": digest} if digest else {}))[0], 409, digest)
    same(world.phase(call), "proposed")
    connection.request(
        "POST", f"/api/approvals/{call}", json.dumps({"verdict": "approve", "reason": "checked", "digest": shown["digest"]}), headers
    )
    answer = json.loads(connection.getresponse().read())
    same(answer["phase"], "approved")
    same(world.phase(call), "approved")


def wish(world, call, verdict="approve", id="m-1", at=None, key="chat-secret", body=None):
    """Sends what a chat would, and returns status and answer."""
    body = json.dumps({"call": call, "verdict": verdict}) if body is None else body
    at = int(time.time()) if at is None else at
    code = hmac.new(key.encode(), f"{id}.{at}.{body}".encode(), hashlib.sha256).digest()
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=30)
    connection.request(
        "POST", "/hooks/approvals", body,
        {
            "Host": f"localhost:{world.port}", "Content-Type": "application/json", "webhook-id": id,
            "webhook-timestamp": str(at), "webhook-signature": "v1," + base64.b64encode(code).decode(),
        },
    )
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


@case
def a_signed_reply_asks_to_act_and_decides_nothing(world):
    call, _ = world.propose(amount=905)
    status, answer = wish(world, call)
    same((status, answer["decided"], answer["link"]), (202, False, f"{world.url}/approvals/{call}"))
    same(world.phase(call), "proposed")
    same([(e["details"]["verdict"], e["call"]) for e in acts(world, "decision-wished")], [("approve", call)])
    for refused in [
        wish(world, call),  # the same message again
        wish(world, call, id="m-2", key="another"),
        wish(world, call, id="m-3", at=int(time.time()) - 301),
        wish(world, call, id="m-4", at=int(time.time()) + 400),
        wish(world, call, id="m-5", key="mail-password"),
    ]:
        same((refused[0], refused[1]["error"]["code"]), (401, "wish-refused"))
    same(wish(world, call, verdict="perhaps", id="m-6")[0], 400)
    same(wish(world, call, id="m-7", body="{")[0], 400)
    for at in [-(2**63), 2**63 - 1, -1, 10**30]:
        same(wish(world, call, id="m-8", at=at)[0], 400)
    same(len(acts(world, "decision-wished")), 1)
    same(len(acts(world, "wish-refused")), 5)
    same(world.phase(call), "proposed")


def acts(world, kind):
    return [event for entry in world.gateway.audit("--act", kind) for event in entry["events"]]


if __name__ == "__main__":
    with rig.Rig() as started:
        raise SystemExit(run(World(started)))
