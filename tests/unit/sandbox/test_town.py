"""The whole town, on loopback."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from imapclient import IMAPClient

from connectors.graph_client import GraphClient
from connectors.imap import ImapSource
from connectors.twilio_client import TwilioClient
from domain.account import Account, AutoReply, Channel, ImapConnection, Mode, Security
from domain.errors import BadInput, Unreachable
from domain.ids import AccountId
from domain.site import Site
from sandbox.clock import TownClock
from sandbox.letters import read_letters
from sandbox.town import UNREACHABLE, Town
from tests import builders


@pytest.fixture
def town() -> Iterator[Town]:
    # Every look at the clock is half a minute later, so that mail is due as soon as the post office opens.
    seconds = iter(range(0, 10**9, 30))
    town = Town()
    town.start(TownClock(monotonic=lambda: float(next(seconds))))
    yield town
    town.stop()


def example() -> Site:
    """Return a site with every mailbox and page that the letters go to, one unreachable, and one number."""
    addresses = sorted({letter.to for letter in read_letters() if letter.is_mail} | {UNREACHABLE})
    mailboxes = tuple(
        builders.account(
            id=AccountId(f"konto-{number}"),
            address=address,
            imap=ImapConnection(host="imap.exempelby.example", user=address, secret=f"mail-{number}"),
        )
        for number, address in enumerate(addresses)
    )
    number = builders.account(id=AccountId("sms"), channel=Channel.sms, address="+46701740605")
    personal = builders.account(id=AccountId("personlig"), address="maj@exempelby.example", mode=Mode.watch_only)
    pages = (
        builders.account(id=AccountId(f"sida-{address}"), channel=Channel.facebook, address=address)
        for address in sorted({letter.to for letter in read_letters() if letter.is_at_page})
    )
    return builders.site(accounts=(*mailboxes, number, personal, *pages))


def sign_in(town: Town, account: Account) -> IMAPClient:
    assert account.imap is not None
    client = IMAPClient(account.imap.host, account.imap.port, ssl=False, timeout=5)
    client.login(account.imap.user, town.secrets()[account.imap.secret])
    return client


def by_address(site: Site, address: str) -> Account:
    return next(account for account in site.accounts if account.address == address)


def test_every_shared_mailbox_points_at_the_town_and_answers(town: Town) -> None:
    site = town.site(example())

    for account in site.accounts:
        if account.mode is Mode.queue and account.channel is Channel.email and account.address != UNREACHABLE:
            assert account.auto_reply is AutoReply.on
            assert account.smtp is not None
            assert account.smtp.security is Security.none
            client = sign_in(town, account)
            assert client.select_folder("INBOX", readonly=True)[b"EXISTS"] == 0, "empty at first connection"
            client.logout()


def test_one_account_refuses_every_connection(town: Town) -> None:
    account = by_address(town.site(example()), UNREACHABLE)

    assert account.imap is not None
    with pytest.raises(Unreachable) as fault:
        ImapSource(account.imap, town.secrets()[account.imap.secret]).fetch(None)
    assert fault.value.step == "tcp"


def test_the_site_trusts_the_towns_border_and_alerts_soon(town: Town) -> None:
    site = town.site(example())

    assert site.mail.border_servers == ("mx.exempelby.example",)
    assert site.alert_smtp is not None
    assert site.alert_sender == "svarsvakt@exempelby.example"
    assert site.watch.unreachable_after <= timedelta(seconds=10)
    assert site.run.poll_every <= timedelta(seconds=5)


def test_pages_are_at_home_in_the_town_and_answer(town: Town) -> None:
    site = town.site(example())

    pages = [each for each in site.accounts if each.channel is Channel.facebook]

    assert pages
    for page in pages:
        assert page.facebook is not None
        assert page.auto_reply is AutoReply.on
        client = GraphClient(page.facebook, town.secrets()[page.facebook.secret])
        assert client.get(page.address, fields="id")["id"] == page.address
        client.close()


def test_other_channels_have_no_connection_and_personal_mailboxes_keep_their_mode(town: Town) -> None:
    site = town.site(example())

    number, personal = site.account(AccountId("sms")), site.account(AccountId("personlig"))

    assert (number.imap, number.smtp) == (None, None)
    assert (personal.mode, personal.auto_reply, personal.smtp) == (Mode.watch_only, AutoReply.shadow, None)
    assert personal.imap is not None


def test_secrets_stand_under_the_names_that_the_accounts_give(town: Town) -> None:
    site = town.site(example())

    named = {account.imap.secret for account in site.accounts if account.imap is not None}

    named |= {account.facebook.secret for account in site.accounts if account.facebook is not None}

    assert set(town.secrets()) == named | {"twilio"}
    assert all(town.secrets().values())


def test_mail_comes_only_after_the_post_office_has_opened(town: Town) -> None:
    account = by_address(town.site(example()), "kontaktcenter@exempelby.example")
    client = sign_in(town, account)
    client.select_folder("INBOX", readonly=True)
    client.idle()
    assert client.idle_check(timeout=0.05) == []

    town.open_post_office()

    assert client.idle_check(timeout=5)
    client.idle_done()
    [uid, *_] = client.search()
    mail = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
    client.logout()
    assert mail.startswith(b"Return-Path: <")
    assert b"by mx.exempelby.example" in mail.replace(b"\r\n ", b" ")
    assert town.delivered >= 1


def test_a_source_finds_no_history_and_then_the_citizens_mail(town: Town) -> None:
    account = by_address(town.site(example()), "gata@exempelby.example")
    assert account.imap is not None
    source = ImapSource(account.imap, town.secrets()[account.imap.secret])
    empty = source.fetch(None)
    listener = sign_in(town, account)
    listener.select_folder("INBOX", readonly=True)
    listener.idle()

    town.open_post_office()
    listener.idle_check(timeout=5)
    batch = source.fetch(empty.next_cursor)

    assert empty.arrivals == ()
    assert batch.arrivals
    assert not any(arrival.history for arrival in batch.arrivals)
    listener.idle_done()
    listener.logout()
    source.close()


def test_the_post_office_stays_closed_in_a_town_without_mailboxes(town: Town) -> None:
    with pytest.raises(RuntimeError, match="no mailboxes"):
        town.open_post_office()


def test_a_site_without_a_citizens_mailbox_is_refused_by_name(town: Town) -> None:
    site = example()
    without = tuple(account for account in site.accounts if not account.address.startswith("bygglov@"))

    with pytest.raises(BadInput, match=r"03-veranda goes to bygglov@exempelby\.example"):
        town.site(replace(site, accounts=without))


def test_stopping_ends_every_thread_at_once_and_twice_is_once() -> None:
    before = threading.active_count()
    town = Town()
    town.start(TownClock(monotonic=time.monotonic))
    town.site(example())
    town.open_post_office()

    begun = time.monotonic()
    town.stop()
    town.stop()

    assert time.monotonic() - begun < 2
    assert threading.active_count() == before


def test_a_number_is_read_and_answers_through_the_towns_provider(town: Town) -> None:
    account = by_address(town.site(example()), "+46701740605")

    assert account.auto_reply is AutoReply.on
    assert account.twilio is not None
    client = TwilioClient(account.twilio, town.secrets()[account.twilio.secret])
    assert client.get("/Messages.json")["messages"] == []
