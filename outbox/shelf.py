"""Shelf: the texts that there are, ours and the site's in their place."""

from collections.abc import Iterator
from functools import lru_cache

from domain.account import Channel
from domain.errors import BadInput
from domain.reply_template import FILE_NAME, Approval, ReplyTemplate
from domain.site import Site
from outbox.templates import FOLDER

#: By what a text is asked for.
Key = tuple[Channel, str, str]


def find_text(site: Site, key: Key) -> ReplyTemplate | None:
    """Return the text that is sent for a channel, name and language; None when there is none that may be.

    The site's own comes first. One that is a draft stays on the shelf, and ours goes on being sent, until it is
    approved; in the demo drafts are sent too.
    """
    own, ours = site.own_replies.get(key), _built_in().get(key)
    return next((text for text in (own, ours) if text is not None and _may_be_sent(text, site)), None)


def get_text(site: Site, key: Key) -> ReplyTemplate:
    """Return the text of a key. Raises BadInput when there is none that may be sent."""
    found = find_text(site, key)
    if found is None:
        channel, name, language = key
        raise BadInput(
            f"there is no approved text {name}.{language} for {channel}: look in templates/replies/{channel}/"
        )
    return found


def every_text(site: Site) -> Iterator[ReplyTemplate]:
    """Yield every text in force, approved or not, in the order of its file's name: ours where the site has none."""
    texts = {**_built_in(), **site.own_replies}
    yield from sorted(texts.values(), key=lambda text: text.file)


def drafts(site: Site) -> tuple[ReplyTemplate, ...]:
    """Return the texts that wait for somebody to approve them."""
    return tuple(text for text in every_text(site) if text.head.status is Approval.draft)


def _may_be_sent(text: ReplyTemplate, site: Site) -> bool:
    return site.send_drafts or text.head.status is Approval.approved


@lru_cache(maxsize=1)
def _built_in() -> dict[Key, ReplyTemplate]:
    texts = {}
    for path in (FOLDER / "replies").glob("*/*.txt"):
        named = FILE_NAME.fullmatch(path.name)
        if named is not None:
            channel = Channel(path.parent.name)
            source = path.read_text(encoding="utf-8")
            texts[channel, named["name"], named["language"]] = ReplyTemplate(
                channel=channel, name=named["name"], language=named["language"], source=source
            )
    return texts
