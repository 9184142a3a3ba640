"""The shelf: ours, the site's in their place, and which may be sent."""

from dataclasses import replace

import pytest

from domain.account import Channel
from domain.errors import BadInput
from domain.reply_template import ReplyTemplate
from domain.site import Site
from outbox.reply_text import write_reply
from outbox.shelf import drafts, every_text, find_text, get_text
from tests.builders import site
from tests.unit.outbox.test_render import SLOTS

RECEIPT = (Channel.email, "receipt", "sv")


def own(status: str = "approved", *, name: str = "receipt", language: str = "sv") -> ReplyTemplate:
    head = f'+++\nstatus = "{status}"\nby = "kommunikatör"\non = 2026-11-02\n+++\n'
    text = "Subject: Tack – {{ number }}\n\nDu får svar senast {{ answer_at }}.\n"
    return ReplyTemplate(channel=Channel.email, name=name, language=language, source=head + text)


def having(*texts: ReplyTemplate, send_drafts: bool = False) -> Site:
    return replace(site(), reply_texts=texts, send_drafts=send_drafts)


def test_the_site_s_own_text_takes_the_place_of_ours() -> None:
    town = having(own())

    assert find_text(town, RECEIPT) == own()
    assert write_reply(town, Channel.email, "receipt", "sv", SLOTS).subject == "Tack – 26-00001"
    assert own() in list(every_text(town))
    assert len(list(every_text(town))) == len(list(every_text(site())))


def test_a_site_may_have_texts_of_its_own_making() -> None:
    town = having(own(name="own"))

    assert write_reply(town, Channel.email, "own", "fi", SLOTS).languages == ("sv",)
    assert len(list(every_text(town))) == len(list(every_text(site()))) + 1


def test_a_draft_of_the_site_s_leaves_ours_in_force() -> None:
    assert find_text(having(own("draft")), RECEIPT) == find_text(site(), RECEIPT)
    assert find_text(having(own("draft"), send_drafts=True), RECEIPT) == own("draft")


def test_an_approved_finnish_text_is_sent_in_place_of_our_draft() -> None:
    key = (Channel.email, "receipt", "fi")

    assert find_text(site(), key) is None
    assert find_text(having(own(language="fi")), key) == own(language="fi")
    assert write_reply(having(own(language="fi")), Channel.email, "receipt", "fi", SLOTS).languages == ("fi",)


def test_drafts_are_those_in_force_that_nobody_has_approved() -> None:
    ours = {text.file for text in drafts(site())}

    assert "templates/replies/email/receipt.fi.txt" in ours
    assert "templates/replies/email/receipt.sv.txt" not in ours
    assert {text.file for text in drafts(having(own(language="fi")))} == ours - {own(language="fi").file}
    assert {text.file for text in drafts(having(own("draft")))} == ours | {own().file}


def test_what_is_not_there_is_named_with_where_to_look() -> None:
    with pytest.raises(
        BadInput, match=r"there is no approved text nothing\.sv for sms: look in templates/replies/sms/"
    ):
        get_text(site(), (Channel.sms, "nothing", "sv"))
