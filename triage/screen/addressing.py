"""Rows 25 to 31: addressing and trust."""

import re
from collections.abc import Iterator

from domain.account import Account, AutoReply, Mode, Tier
from domain.message import FolderRole
from triage.addresses import plain, refuses_replies
from triage.screen.facts import Facts
from triage.screen.row import Row, always, low

#: Endings of files that run, or hold what runs, when somebody opens them.
_EXECUTABLE = re.compile(
    r".*\.(bat|chm|cmd|com|cpl|dll|exe|hta|iso|img|jar|jse?|lnk|msix?|pif|ps1|reg|scr|sct|vb|vb[es]|vhdx?|ws[fh]|xll)"
)
_EXECUTABLE_TYPES = frozenset(
    {
        "application/hta",
        "application/java-archive",
        "application/vnd.microsoft.portable-executable",
        "application/x-dosexec",
        "application/x-executable",
        "application/x-ms-installer",
        "application/x-msdos-program",
        "application/x-msdownload",
        "application/x-msi",
    }
)
_SPAM = {
    "x-spam-flag": re.compile(r"yes\b", re.IGNORECASE),
    "x-spam-status": re.compile(r"yes\b", re.IGNORECASE),
    "x-spam": re.compile(r"yes\b", re.IGNORECASE),
    "x-forefront-antispam-report": re.compile(r"(.*;)?\s*(SFV:(SPM|SKB|SKS)|CAT:(H?SPM|H?PHSH))\b", re.IGNORECASE),
    "x-ms-exchange-organization-scl": re.compile(r"[5-9]$"),
}
_MALWARE = {
    "x-virus-status": re.compile(r"(infected|yes)\b", re.IGNORECASE),
    "x-virus-infected": re.compile(r"(?!no\b)\S", re.IGNORECASE),
    "x-amavis-alert": re.compile(r"(infected|banned)\b", re.IGNORECASE),
    "x-forefront-antispam-report": re.compile(r"(.*;)?\s*CAT:MALW\b", re.IGNORECASE),
}
_STRENGTH = {AutoReply.off: 0, AutoReply.shadow: 1, AutoReply.on: 2}


def refuses(facts: Facts) -> str | None:
    """Row 25: nobody reads what is sent to the address."""
    addresses = (facts.correspondent,) if facts.from_form else (facts.sender, facts.return_path)
    return next((each for each in addresses if refuses_replies(each)), None)


def not_addressed(facts: Facts) -> str | None:
    """Row 26: our mailbox stands in neither To, Cc nor Resent (RFC 5230 section 4.5: MUST NOT)."""
    message, context = facts.message, facts.context
    named = {plain(address) for address in (*message.to, *message.cc, *message.resent)}
    ours = {plain(address) for address in context.account.addresses}
    if context.taken_as_addressed or named & ours:
        return None
    return f"{context.account.address} is in neither To, Cc nor Resent"


def another_replies(facts: Facts) -> str | None:
    """Row 27: the same Message-ID reached several of our mailboxes, and another one of them replies."""
    account = facts.context.account
    rivals = [each for each in _siblings(facts) if _STRENGTH[each.auto_reply] >= _STRENGTH[account.auto_reply]]
    first = min((account, *rivals), key=lambda each: _place(facts, each))
    return f"{first.address} replies" if first.id != account.id else None


def many_recipients(facts: Facts) -> str | None:
    """Row 28: sent to many at once."""
    count = len({address.lower() for address in (*facts.message.to, *facts.message.cc)})
    return f"{count} recipients" if count > facts.site.mail.most_recipients else None


def forged_sender(facts: Facts) -> str | None:
    """Row 29: our border server does not believe the sender; a reply could hit somebody else (backscatter)."""
    return facts.authentication.failure


def spam(facts: Facts) -> str | None:
    """Row 30: in the junk folder, or called spam by our own servers; it may still be a citizen's letter."""
    if facts.message.role is FolderRole.junk:
        return "in the junk folder"
    return _verdict(facts, _SPAM)


def dangerous(facts: Facts) -> str | None:
    """Row 31: malware by our own servers' word, or a program attached."""
    for attachment in facts.message.attachments:
        runs = _EXECUTABLE.fullmatch(attachment.name.lower().rstrip(". "))
        if runs or attachment.media_type.lower() in _EXECUTABLE_TYPES:
            return f"attachment {attachment.name or attachment.media_type}"
    part = next((each for each in facts.message.media_types if each in _EXECUTABLE_TYPES), None)
    return f"a {part} part" if part else _verdict(facts, _MALWARE)


def _verdict(facts: Facts, signs: dict[str, re.Pattern[str]]) -> str | None:
    for name, value in facts.verdict_headers:
        if name in signs and signs[name].match(value.strip()):
            return f"{name}: {value.strip()[:100]}"
    return None


def _siblings(facts: Facts) -> Iterator[Account]:
    """The other accounts that got it and would reply."""
    named = set(facts.context.sibling_accounts) - {facts.context.account.id}
    for account in facts.site.accounts:
        if account.id in named and account.mode is not Mode.watch_only and account.auto_reply is not AutoReply.off:
            yield account


def _place(facts: Facts, account: Account) -> tuple[bool, int, str]:
    """Order mailboxes: the contact center first, then as addressed, then by id, so that every worker agrees."""
    addressed = [plain(address) for address in (*facts.message.to, *facts.message.cc)]
    own = {plain(address) for address in account.addresses}
    place = next((index for index, address in enumerate(addressed) if address in own), len(addressed))
    return account.tier is not Tier.contact_center, place, account.id


ADDRESSING = (
    Row(number=25, applies=refuses),
    Row(number=26, applies=not_addressed),
    Row(number=27, applies=another_replies),
    Row(number=28, applies=many_recipients),
    Row(number=29, applies=forged_sender),
    Row(number=30, applies=spam, queue=low, needs_a_look=always),
    Row(number=31, applies=dangerous, queue=low, needs_a_look=always),
)
