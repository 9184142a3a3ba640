"""Rows 1 to 12: integrity and loops."""

from domain.loop_mark import LOOP_HEADER
from triage.addresses import is_robot, is_verp, local_part, plain
from triage.screen.automation import announces_absence, auto_generated, auto_replied, unknown_automation
from triage.screen.facts import Facts
from triage.screen.row import Row, always, attached_or_low, low, technical_or_low, technical_or_normal


def null_return_path(facts: Facts) -> str | None:
    """Row 1: the sender wants no answer at all (RFC 3834 section 2: MUST NOT)."""
    return "Return-Path: <>" if facts.message.return_path == "" else None


def delivery_report(facts: Facts) -> str | None:
    """Row 2: a report on the delivery of some message (RFC 3464)."""
    if facts.message.report_type == "delivery-status":
        return "report-type=delivery-status"
    return _part(facts, "message/delivery-status", "message/global-delivery-status")


def read_receipt(facts: Facts) -> str | None:
    """Row 3: a receipt that says that somebody read some message (RFC 8098)."""
    if facts.message.report_type == "disposition-notification":
        return "report-type=disposition-notification"
    return _part(facts, "message/disposition-notification")


def complaint_report(facts: Facts) -> str | None:
    """Row 4: a provider tells that somebody called our message spam (RFC 5965)."""
    if facts.message.report_type == "feedback-report":
        return "report-type=feedback-report"
    return _part(facts, "message/feedback-report")


def robot_sender(facts: Facts) -> str | None:
    """Row 5: mail servers, list software and return paths for bounces."""
    for address in (facts.sender, facts.return_path):
        if address and is_robot(address):
            return address
    return facts.return_path if is_verp(facts.return_path) else None


def role_sender(facts: Facts) -> str | None:
    """Row 6: technical roles that people read and write from."""
    for address in (facts.sender, facts.return_path):
        if local_part(address).partition("+")[0] in {"postmaster", "hostmaster", "abuse"}:
            return address
    return None


def own_sender(facts: Facts) -> str | None:
    """Row 7: one of our mailboxes or sending identities; a unit that forwards from its mailbox is a person."""
    own = facts.site.own_identities
    for address in (facts.sender, facts.return_path, facts.correspondent):
        if address and (address in own or plain(address) in own):
            return address
    return None


def loop_mark(facts: Facts) -> str | None:
    """Row 8: the message carries our loop mark, or a Message-ID as our receipts have."""
    marks = facts.values(LOOP_HEADER)
    if marks:
        return f"{LOOP_HEADER}: {marks[0]}"
    return facts.message.message_id if facts.ours else None


def machine_answers_receipt(facts: Facts) -> str | None:
    """Row 9: a machine answers nothing but our own automatic message."""
    context, message = facts.context, facts.message
    if not context.our_automatic_ids or context.our_human_ids:
        return None
    if not set(message.in_reply_to) <= context.our_automatic_ids:
        return None
    signs = (auto_replied, unknown_automation, auto_generated, announces_absence)
    sign = next((found for question in signs if (found := question(facts))), None)
    return f"{sign}, in reply to {min(context.our_automatic_ids)}" if sign else None


def seen_too_often(facts: Facts) -> str | None:
    """Row 10: it has gone round too long, or has come before."""
    hops = len(facts.values("received"))
    if hops > facts.site.mail.most_received:
        return f"{hops} Received headers"
    if facts.context.seen_before is None:
        return None
    return f"{facts.message.message_id} has come before with {facts.context.seen_before} content"


def malformed(facts: Facts) -> str | None:
    """Row 11: no usable From, or a structure that cannot be read."""
    if facts.message.unreadable:
        return "; ".join(facts.message.defects) or "the structure cannot be read"
    return None if facts.sender else "no usable From"


def no_destination(facts: Facts) -> str | None:
    """Row 12: domain.md 3.5 leaves no address to reply to."""
    address, why = facts.destination
    return why if address is None else None


def _part(facts: Facts, *media_types: str) -> str | None:
    return next((f"a {each} part" for each in media_types if each in facts.message.media_types), None)


def _unmatched(facts: Facts) -> bool:
    return not facts.belongs and not facts.ours


OWN_SENDER = Row(number=7, applies=own_sender, queue=technical_or_normal)
MALFORMED = Row(number=11, applies=malformed, queue=low, needs_a_look=always)
INTEGRITY = (
    Row(number=1, applies=null_return_path, queue=attached_or_low, needs_a_look=_unmatched),
    Row(number=2, applies=delivery_report, queue=attached_or_low),
    Row(number=3, applies=read_receipt, queue=attached_or_low),
    Row(number=4, applies=complaint_report, queue=attached_or_low),
    Row(number=5, applies=robot_sender, queue=attached_or_low),
    Row(number=6, applies=role_sender),
    OWN_SENDER,
    Row(number=8, applies=loop_mark, queue=technical_or_low),
    Row(number=9, applies=machine_answers_receipt, queue=attached_or_low),
    Row(number=10, applies=seen_too_often),
    MALFORMED,
    Row(number=12, applies=no_destination),
)
