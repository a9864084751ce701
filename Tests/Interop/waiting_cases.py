"""What every client shares that hears of a decision in another way than by repeating the call."""

import asyncio

import rig
from cases import same, that

REFUND = {"paymentId": "pay_north_03", "amount": 500, "currency": "EUR", "reason": "goods came back"}


def refund(number):
    """The arguments of a refund that nobody else asks for."""
    return {**REFUND, "amount": amount(number)}


def amount(number):
    # The example asks a manager from 50 on.
    return round(60 + number / 100, 2)


def change(number):
    """The arguments of a change that nobody else asks for."""
    return {"dealId": "deal_north_03", "body": {"close_date": f"2027-01-{number:02}"}}


def paged(world):
    """A gateway whose approvals have pages."""

    def make():
        port = rig.free_port()
        gateway = world.rig.acme_gateway(world.acme, rig.with_pages(rig.acme_configuration(world.acme.port), port))
        gateway.pages = f"http://localhost:{port}/approvals"
        return gateway.start()

    return world._part("paged", make)


def confirming(world):
    """A gateway without pages, where users confirm changes of deals in their client."""
    return world._part(
        "confirming",
        lambda: world.rig.acme_gateway(
            world.acme, rig.with_own_confirmation(rig.acme_configuration(world.acme.port))
        ).start(),
    )


class Person:
    """Somebody who decides a call on the command line once they are told of it."""

    def __init__(self, gateway, verdict="approve"):
        self.gateway, self.verdict = gateway, verdict
        self.seen = []
        self.tasks = []

    def told(self, address):
        """Says yes or no to the call behind an address, a moment later."""
        self.seen.append(address)
        self.tasks.append(asyncio.create_task(self._decide(address.rsplit("/", 1)[1])))

    async def _decide(self, call):
        done = await asyncio.to_thread(self.gateway.approve, call, verdict=self.verdict)
        same(done.status, 0, repr(done))

    async def settle(self):
        await asyncio.gather(*self.tasks)


def times(acme, number):
    """How often it was refunded."""
    return sum(refund["amount"] == amount(number) for refund in acme.refunds("pay_north_03"))


def that_ran_once(world, result, number):
    that(not result.is_error, result.text)
    same(result.structured["amount"], amount(number))
    same(times(world.acme, number), 1)
