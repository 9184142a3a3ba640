"""Every read of the store, and what of a case it shows to a viewer: a read without a line here fails the suite."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.account import Channel
from domain.account_change import AccountChange, ChangeKind, Laid
from domain.alerting import Acknowledgement, Call, Told
from domain.canary import Canary
from domain.clocks import Clocks
from domain.delivery import Delivery, DeliveryState
from domain.errors import Unreachable
from domain.evidence import EvidenceKind
from domain.finding import FindingKind
from domain.ids import (
    CategoryId,
    Digest,
    FileId,
    FindingId,
    MessageId,
    OutgoingId,
    RuleId,
    RuleTrialId,
    TicketId,
    UnitId,
    UserId,
)
from domain.message import Fate, FileState, Mailbox, Media
from domain.outgoing import AttachedFile, OutgoingKind, SendState
from domain.page import WAY_HEADER, PageWay
from domain.publishing import ReadPage
from domain.rule_trial import Against, Difference, TrialChange, Tried
from domain.scan import Scanned
from domain.search import Question, read_question
from domain.step_times import StepTimes
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE, Viewer
from store import (
    account_changes,
    account_days,
    accounts,
    acknowledgements,
    answers,
    attached_files,
    backlog,
    beats,
    belongings,
    bounces,
    breaker,
    calls,
    canaries,
    codes,
    contacts,
    corrections,
    correspondents,
    deliveries,
    ends,
    entries,
    events,
    evidence,
    files,
    findings,
    forwards,
    handlings,
    holding,
    indicators,
    late,
    leases,
    ledger,
    letters,
    menu,
    merges,
    messages,
    notes,
    notices,
    observed,
    originals,
    others,
    page_rounds,
    pages,
    passed,
    presences,
    promised,
    published,
    queue_marks,
    quick_answers,
    reconciliations,
    refusals,
    replayed,
    reply_history,
    restored,
    rhythms,
    rule_hits,
    rule_trials,
    saved_views,
    scans,
    search,
    search_history,
    search_parts,
    sending,
    sent,
    sent_answers,
    sessions,
    set_aside,
    sign_ins,
    sites,
    sms_floods,
    step_times,
    suppressions,
    tags,
    tellings,
    tendencies,
    threads,
    tickets,
    timelines,
    traffic,
    tries,
    undone,
    unfinished,
    unit_counts,
    unsettled,
    users,
    verification,
    waiting,
)
from store.database import Connection, Database
from store.outgoing import add_outgoing
from store.schema import ledger as ledger_table
from store.schema import messages as messages_table
from store.schema import outgoing
from store.schema import rule_trials as rule_trials_table
from store.schema import tickets as tickets_table
from store.waiting import claim_waiting
from tests.builders import TUESDAY, message
from tests.contracts.stored import Case, account, alert, arrival, decide, draft, put_case, receipt
from tests.unit.connectors.builders import rendered

SITE = Digest("a" * 64)
NOBODY = UserId(0)
RULE = RuleId("gata-standard")
#: The identity of what was set aside.
ASIDE = "INBOX/1/aside"
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
#: Around every due time.
EARLIER, LATER = TUESDAY - 30 * DAY, TUESDAY + 300 * DAY


class Rule(StrEnum):
    """Who may see what a read returns."""

    #: The compartment; never the operator.
    content = "content"
    #: The compartment; the operator sees that there is a ticket.
    existence = "existence"
    #: Everybody of the organisation: nothing of any message stands in it.
    organisation = "organisation"
    #: Everybody: it belongs to the installation.
    everybody = "everybody"
    #: Only who sees the whole installation.
    installation = "installation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surrounded:
    """A case with what belongs to its account."""

    key: str
    case: Case
    finding: FindingId
    #: One that is over.
    ended: FindingId
    alert: OutgoingId
    #: A person's answer with a file, of which nobody knows whether it went.
    answer: OutgoingId
    #: A picture that lay beside its message.
    file: FileId
    token: str


def surround(database: Database, key: str, **changes: Any) -> Surrounded:
    """Put a case, an unread old mail, a heartbeat, a finding with its alert, and a user of its organisation."""
    case = put_case(database, key, **changes)
    token = key.rjust(64, "0")
    with database.write() as connection:
        _put_old_mail(connection, case)
        passed.mark_passed(connection, [case.reply], TUESDAY)
        accounts.set_cursor(connection, case.account, case.organisation, {"uid": 7})
        accounts.mark_failed(connection, case.account, case.organisation, TUESDAY, Unreachable("tcp", "stängt"))
        finding = findings.open_finding(
            connection, case.organisation, case.account, FindingKind.unreachable, "stängt", TUESDAY
        )
        assert finding is not None
        intent = alert(organisation=case.organisation, account=case.account)
        told = add_outgoing(connection, intent, draft(f"larm-{key}"), at=TUESDAY, finding=finding)
        assert told is not None
        bounces.mark_bounced(connection, told, TUESDAY, "5.1.1")
        users.add_user(
            connection, organisation=case.organisation, name=key, display_name=key, password_hash="x", person=None,
            units=frozenset(), roles=frozenset(), at=TUESDAY, subject=f"https://id.example|{key}",
        )  # fmt: skip
        _put_told(connection, case, finding)
        _put_owed(connection, case)
        ended = _put_ended(connection, case)
        _put_answer(connection, case, SendState.refused)
        answer = _put_answer(connection, case, SendState.uncertain)
        user = users.find_user(connection, MACHINE, key)
        assert user is not None
        sessions.add_session(connection, user, token, TUESDAY, device=key, by_provider=True)
        sign_ins.keep_half(connection, token, user.id, "/ko", TUESDAY)
        codes.put_code_key(connection, user.id, case.organisation, "salt")
        _put_evidence(connection, case)
        events.append(
            connection, "activated", at=TUESDAY, organisation=case.organisation, actor=case.account, site=SITE
        )
        account_changes.add_account_change(
            connection,
            AccountChange(
                account=case.account, organisation=case.organisation, kind=ChangeKind.made_dormant, at=TUESDAY,
                actor="user 1", overlay={"status": Laid(value="dormant", said="active")},
            ),
        )  # fmt: skip
        canaries.add_canary(
            connection,
            Canary(organisation=case.organisation, account=case.account, mark=f"svk-{key}", sent_at=TUESDAY),
        )
        saved_views.add_saved_view(
            connection, case.organisation, user.id, name=f"vy {key}", query="?hos=mine", unit=UnitId("delad"),
            at=TUESDAY,
        )  # fmt: skip
        page = ReadPage(organisation=case.organisation, url=f"https://{key}.example", tried_at=TUESDAY, read_at=TUESDAY)
        published.set_read_page(connection, page)
        published.set_shown(connection, case.organisation, page.url, [f"{key}@shown.example"], TUESDAY)
        notes.add_note(connection, case.organisation, case.ticket, author="Bo", text="Ringde.", at=TUESDAY)
        tags.add_tags(connection, case.organisation, case.ticket, ("vatten", "vatten", "jour"))
        suppressions.add_suppression(
            connection, case.organisation, f"{key}@suppressed.example", "hard bounce 5.1.1", TUESDAY,
            outgoing=case.reply,
        )  # fmt: skip
        file = _put_files(connection, case)
        _put_deliveries(connection, case)
        _put_sms(connection, case, key)
        gave = contacts.ContactPoint(case.organisation, case.message, case.recipient, f"+46{key}1111")
        contacts.add_contact_points(connection, [gave])
        _put_private_answer(connection, case)
        _put_together(connection, case, user.id)
        _put_tried(connection, case, user.id)
        _put_set_aside(connection, case, changes)
    return Surrounded(
        key=key, case=case, finding=finding, ended=ended, alert=told, answer=answer, file=file, token=token
    )


def _put_files(connection: Connection, case: Case) -> FileId:
    """Put a picture that is here and one that is to be fetched beside the case's message; return the first."""
    media = (Media(name="bild", content=b"GIF89a"), Media(name="till", state=FileState.waiting, reference="MM1/0"))
    where = account(id=case.account, organisation=case.organisation)
    brought = arrival(identity=f"MM/{case.number}", media=media)
    files.add_files(connection, where, [brought], {brought.identity: case.message})
    return min(each.id for each in files.list_files(connection, MACHINE, case.ticket))


def _put_sms(connection: Connection, case: Case, key: str) -> None:
    """Put an SMS into the case's ticket, from a number that begins like no other."""
    where = account(id=case.account, organisation=case.organisation, channel=Channel.sms)
    messages.add_arrivals(connection, where, [arrival(identity=f"SM/{key}")], TUESDAY)
    (sms,) = claim_waiting(connection, "w")
    decide(connection, sms, ticket=case.ticket, sender=Mailbox(f"+46{key}0000"))
    at_page = account(id=case.account, organisation=case.organisation, channel=Channel.facebook)
    messages.add_arrivals(connection, at_page, [arrival(identity=f"m_{key}")], TUESDAY)
    (chat,) = claim_waiting(connection, "w")
    decide(connection, chat, ticket=case.ticket, sender=Mailbox(f"3{key}"))


def _put_deliveries(connection: Connection, case: Case) -> None:
    """Put an SMS about the case's ticket that its provider tells of, and one that we do not know."""
    where = account(id=case.account, organisation=case.organisation)
    intent = receipt(
        kind=OutgoingKind.holding, organisation=case.organisation, account=case.account, channel=Channel.sms
    )
    sms = add_outgoing(connection, intent, draft(f"sms-{case.number}-{case.account}"), at=TUESDAY, ticket=case.ticket)
    assert sms is not None
    connection.execute(outgoing.update().where(outgoing.c.id == sms).values(provider_id="SM1"))
    told = [Delivery(provider_id=id, state=DeliveryState.delivered) for id in ("SM1", "SM2")]
    deliveries.add_deliveries(connection, where, told, TUESDAY)
    deliveries.mark_known(connection, case.account, "SM1", sms)
    refusals.add_refusals(connection, case.account)
    accounts.mark_resting(connection, case.account, case.organisation, TUESDAY, TUESDAY + DAY)
    tries.add_try(connection, "name/bo", TUESDAY, TUESDAY - DAY)


def _put_told(connection: Connection, case: Case, finding: FindingId) -> None:
    """Put who was told of the finding, that it was acknowledged, and a call about the ticket."""
    told = Told(subject=f"finding/{finding}", to="kim@exempelby.example", step="at_once", at=TUESDAY, finding=finding)
    tellings.claim_tellings(connection, case.organisation, [told])
    said = Acknowledgement(finding=finding, by="link/kim", reason="semester", at=TUESDAY, until=TUESDAY.date())
    acknowledgements.add_acknowledgement(connection, case.organisation, said)
    call = Call(
        ticket=case.ticket, organisation=case.organisation, account=case.account, unit=UnitId("gata"),
        number=case.number, arrived_at=TUESDAY, opened_at=TUESDAY,
    )  # fmt: skip
    calls.open_call(connection, call)
    beats.note_beat(connection, "decide", "w", TUESDAY)
    step_times.add_step_times(connection, {"decide": StepTimes().taking(timedelta(seconds=1))})
    restored.set_lost(connection, TUESDAY)
    verdict = scans.Scan(said=Scanned.clean, signatures="1", asked_at=TUESDAY)
    scans.keep_scan(connection, case.organisation, Digest("f" * 64), verdict)


def _put_ended(connection: Connection, case: Case) -> FindingId:
    """Put a finding that is over, and of which somebody was told."""
    ended = findings.open_finding(connection, case.organisation, case.account, FindingKind.missed, "tre mejl", TUESDAY)
    assert ended is not None
    findings.close_finding(connection, ended, TUESDAY)
    told = Told(subject=f"finding/{ended}", to="kim@exempelby.example", step="at_once", at=TUESDAY, finding=ended)
    tellings.claim_tellings(connection, case.organisation, [told])
    return ended


def _late_in_unit(connection: Connection, viewer: Viewer, at: Surrounded, after: timedelta) -> int:
    unit = _ticket(connection, at).unit
    found = late.count_late(connection, viewer, [unit], at.case.due_at + after, sensitive=True)
    return found[unit].count if unit in found else 0


def _put_owed(connection: Connection, case: Case) -> None:
    """Give the ticket a language and a promise that no other has, so that it is counted alone."""
    values = {"language": f"x{case.ticket}", "first_answer_due_at": _promised(case)}
    connection.execute(tickets_table.update().where(tickets_table.c.id == case.ticket).values(**values))


def _promised(case: Case) -> datetime:
    return TUESDAY + case.ticket * SECOND


def _broken(connection: Connection, viewer: Viewer, at: Surrounded) -> bool:
    since = _promised(at.case)
    return bool(
        unit_counts.count_broken(connection, viewer, at.case.organisation, since, since + SECOND, sensitive=True)
    )


def _unanswered(connection: Connection, viewer: Viewer, at: Surrounded) -> bool:
    return bool(
        unit_counts.count_unanswered(
            connection, viewer, at.case.organisation, TUESDAY + DAY, language=f"x{at.case.ticket}", sensitive=True
        )
    )


def _put_private_answer(connection: Connection, case: Case) -> None:
    """Put an answer in private to a comment, and a machine that answered from the case's account."""
    intent = receipt(
        kind=OutgoingKind.answer, organisation=case.organisation, account=case.account, channel=Channel.facebook
    )
    id = add_outgoing(connection, intent, draft(f"privat-{case.number}-{case.account}"), at=TUESDAY, ticket=case.ticket)
    values = {"provider_id": "m_1", "recipient": "10_20", "headers": [[WAY_HEADER, PageWay.private.value]]}
    connection.execute(outgoing.update().where(outgoing.c.id == id).values(**values))
    intent = replace(intent, kind=OutgoingKind.hiding, recipient="10_21")
    add_outgoing(connection, intent, draft(f"dold-{case.number}-{case.account}"), at=TUESDAY, ticket=case.ticket)
    handlings.note_auto_reply(connection, case.account, TUESDAY)
    own = account(id=case.account, organisation=case.organisation)
    page_rounds.set_round(connection, own, 0, TUESDAY)
    quick_answers.add_quick_answer(connection, own, "Tack!", "3", TUESDAY)
    closing = {"window_closes_at": TUESDAY + DAY}
    connection.execute(tickets_table.update().where(tickets_table.c.id == case.ticket).values(**closing))


def _put_together(connection: Connection, case: Case, user: UserId) -> None:
    """Let somebody look at the case's ticket, write in it, and have an answer that can be taken back."""
    presences.note_presence(connection, case.organisation, case.ticket, user, TUESDAY)
    unfinished.keep_unfinished(connection, case.organisation, user, case.ticket, "Hej", TUESDAY)
    corrections.add_correction(
        connection,
        corrections.Correction(
            ticket=case.ticket, organisation=case.organisation, at=TUESDAY, by="user/bo", was_unit=UnitId("a"),
            unit=UnitId("b"), was_category=CategoryId("a"), category=CategoryId("b"),
        ),
    )  # fmt: skip
    forwards.add_forward(
        connection,
        forwards.Forward(
            ticket=case.ticket, organisation=case.organisation, outgoing=None, sent_to="x@y.example", at=TUESDAY,
            by="Bo", due_at=TUESDAY,
        ),
    )  # fmt: skip
    # Into itself: only whether it is seen is asked here.
    merges.add_merge(
        connection,
        merges.Merge(
            ticket=case.ticket, into=case.ticket, organisation=case.organisation, at=TUESDAY, by="Bo",
            was_notice_due_at=None, was_answer_due_at=None, notice_due_at=None, answer_due_at=None,
        ),
        Clocks(),
        Clocks(),
    )  # fmt: skip
    unsent = (outgoing.c.ticket_id == case.ticket, outgoing.c.kind == OutgoingKind.answer)
    connection.execute(outgoing.update().where(*unsent).values(slots={"user": str(user)}))


def _put_tried(connection: Connection, case: Case, user: UserId) -> None:
    """Let a rule have hit the case's message, and its organisation try rules that would decide it otherwise."""
    rules = (RULE, RuleId(case.account))
    hits = [rule_hits.RuleHit(case.message, rule, case.organisation) for rule in rules]
    rule_hits.add_hits(connection, hits, TUESDAY)
    own = tickets_table.c.id == case.ticket
    connection.execute(tickets_table.update().where(own).values(needs_a_look=True, assignee_id=_holder(case)))
    rule_trials.add_trial(
        connection,
        rule_trials.NewTrial(
            organisation=case.organisation, user=user, asked_at=TUESDAY, days=1, tried=Tried.active,
            against=Against.then, rules=SITE, candidate="{}",
        ),
    )  # fmt: skip
    rule_trials.claim_trial(connection, "w", DAY)
    change = TrialChange(
        message=case.message, organisation=case.organisation, ticket=case.ticket, secret=False,
        differences=(Difference("unit", "a", "b"),),
    )  # fmt: skip
    trial = rule_trials.get_trial(connection, MACHINE, _trial(connection, case))
    kept = rule_trials.keep_progress(
        connection, trial.id, "w", [change], before=trial.after, after=case.message, more=1, lease=DAY
    )  # fmt: skip
    assert kept


def _holder(case: Case) -> UserId:
    """Return who has the case, and nothing else."""
    return UserId(1000 + case.ticket)


def _trial(connection: Connection, case: Case) -> RuleTrialId:
    own = rule_trials_table.c.organisation_id == case.organisation
    id: RuleTrialId = connection.execute(rule_trials_table.select().where(own)).one().id
    return id


def _put_set_aside(connection: Connection, case: Case, changes: Mapping[str, Any]) -> None:
    """Put a message that is as sensitive as the case, and that has no ticket."""
    where = account(id=case.account, organisation=case.organisation)
    messages.add_arrivals(connection, where, [arrival(identity=ASIDE, original=case.original + b"!")], TUESDAY)
    (claimed,) = claim_waiting(connection, "w")
    said = {
        "secrecy": changes.get("secrecy", "SK0"), "unit": changes.get("unit", "gata"),
        "category": "fara" if changes.get("danger") else "gata",
    }  # fmt: skip
    decided = messages.DecidedMessage(
        id=claimed.id, fate=Fate.technical, message=message(), letter=Digest(f"{claimed.id:064d}"), ticket=None,
        outgoing=None, explanation=said,
    )  # fmt: skip
    messages.mark_decided(connection, [decided], "w", at=TUESDAY)


def _aside(connection: Connection, at: Surrounded) -> MessageId:
    """Return the message of a case's account that was set aside."""
    own = (messages_table.c.account_id == at.case.account, messages_table.c.identity == ASIDE)
    id: MessageId = connection.execute(messages_table.select().where(*own)).one().id
    return id


def _put_answer(connection: Connection, case: Case, state: SendState) -> OutgoingId:
    files = (AttachedFile("karta.pdf", "application/pdf", b"%PDF"),)
    intent = receipt(
        kind=OutgoingKind.answer, organisation=case.organisation, account=case.account, recipient=case.recipient
    )
    written = draft(f"{state}-{case.number}-{case.account}", attachments=files, author="Bo")
    id = add_outgoing(connection, intent, written, at=TUESDAY, ticket=case.ticket)
    assert id is not None
    connection.execute(outgoing.update().where(outgoing.c.id == id).values(state=state))
    return id


def _asking(case: Case) -> passed.Asking:
    return passed.Asking(id=case.reply, organisation=case.organisation, ticket=case.ticket, address=case.recipient)


def _put_old_mail(connection: Connection, case: Case) -> None:
    where = account(id=case.account, organisation=case.organisation)
    messages.add_arrivals(connection, where, [arrival(identity="INBOX/1/old", history=True)], TUESDAY)
    (old,) = claim_waiting(connection, "w")
    decide(connection, old, fate=Fate.history, subject="Oläst")


def _put_evidence(connection: Connection, case: Case) -> None:
    """Put what the mailbox shows of the case's message, a mail in Sent that answers it, and a reconciliation."""
    where = account(id=case.account, organisation=case.organisation)
    ledger.add_signs(connection, where, [arrival(identity="INBOX/1/seen")], TUESDAY)
    of_case = ledger_table.c.account_id == case.account
    connection.execute(ledger_table.update().where(of_case).values(message_row=case.message))
    evidence.add_about_message(
        connection, where, case.message, EvidenceKind.seen, at=TUESDAY, noted_at=TUESDAY, key="", details={}
    )
    sent_answers.add_sent_answers(
        connection, where, key="<svar@x.example>", in_reply_to=[case.message_id], references=[], recipients=[],
        at=TUESDAY, noted_at=TUESDAY,
    )  # fmt: skip
    reconciliations.set_reconciliation(connection, where, at=TUESDAY, existing=1, missed=0, gone=0)
    ledger.add_signs(connection, where, [arrival(identity="INBOX/1/alone")], TUESDAY)
    (alone,) = entries.find_entries(connection, MACHINE, case.account, ["INBOX/1/alone"]).values()
    evidence.add_evidence(connection, where, [evidence.Seen(alone.id, None, EvidenceKind.seen)], TUESDAY)
    ends.note_ends(connection, where, [("The certificate of mail.example", TUESDAY)], TUESDAY)
    rhythms.set_rhythm(connection, where, {"weeks": 8}, TUESDAY)
    tendencies.set_tendency(
        connection, case.organisation, case.account, FindingKind.silent, holds=True, since=TUESDAY
    )  # fmt: skip


#: A view is shared with a unit: here with one that everybody is a member of.
ALL_UNITS = frozenset({UnitId("delad")})


def _about(at: Surrounded) -> Question:
    return read_question(f'"om {at.key}"')


def _sign(connection: Connection, at: Surrounded) -> int:
    """Return the row of the ledger that has evidence and no message, as in a watch_only account."""
    own = (ledger_table.c.account_id == at.case.account, ledger_table.c.identity == "INBOX/1/alone")
    row: int = connection.execute(ledger_table.select().where(*own)).one().id
    return row


def _found(read: Callable[[], object]) -> bool:
    try:
        read()
    except (KeyError, PermissionError):
        return False
    return True


def _owed(connection: Connection, viewer: Viewer, case: Case) -> int:
    since = TUESDAY - DAY
    owed, _ = notices.count_notices(connection, viewer, since, case.due_at + SECOND)
    before, _ = notices.count_notices(connection, viewer, since, case.due_at)
    return owed - before


def _counted(connection: Connection, viewer: Viewer, case: Case) -> bool:
    found = indicators.list_counted(connection, viewer, EARLIER, LATER)
    return any(each.account == case.account for each in found)


def _late(connection: Connection, viewer: Viewer, case: Case) -> int:
    return tickets.count_tickets(connection, viewer, due_before=case.due_at + SECOND) - tickets.count_tickets(
        connection, viewer, due_before=case.due_at
    )


def _late_in_menu(connection: Connection, viewer: Viewer, case: Case) -> int:
    after, before = (
        menu.count_for_menu(connection, viewer, now, accounts=[]) for now in (case.due_at + SECOND, case.due_at)
    )
    return after.late - before.late


def _replies(connection: Connection, viewer: Viewer, case: Case) -> object:
    return reply_history.get_reply_history(
        connection, viewer, case.organisation, case.recipient, TUESDAY + DAY
    ).to_address


def _ticket(connection: Connection, at: Surrounded) -> Ticket:
    return tickets.get_ticket(connection, MACHINE, at.case.ticket)


def _user(connection: Connection, at: Surrounded) -> users.User:
    user = users.find_user(connection, MACHINE, at.key)
    assert user is not None
    return user


#: Whether a read shows a viewer anything of a case, and to whom it may.
READS: dict[str, tuple[Rule, Callable[[Connection, Viewer, Surrounded], object]]] = {
    "account_changes.list_account_changes": (
        Rule.organisation,
        lambda connection, viewer, at: account_changes.list_account_changes(connection, viewer, at.case.account),
    ),
    "account_days.list_findings_since": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.finding in {each.id for each in account_days.list_findings_since(connection, viewer, EARLIER)}
        ),
    ),
    "account_days.list_counts": (
        Rule.organisation,
        lambda connection, viewer, at: list(
            account_days.list_counts(connection, viewer, [at.case.account], [TUESDAY.date()])
        ),
    ),
    "accounts.get_cursor": (
        Rule.organisation,
        lambda connection, viewer, at: accounts.get_cursor(connection, viewer, at.case.account),
    ),
    "accounts.list_heartbeats": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.case.account in {each.account for each in accounts.list_heartbeats(connection, viewer)}
        ),
    ),
    "accounts.rests_until": (
        Rule.organisation,
        lambda connection, viewer, at: accounts.rests_until(connection, viewer, at.case.account, TUESDAY),
    ),
    "acknowledgements.list_acknowledged": (
        Rule.organisation,
        lambda connection, viewer, at: acknowledgements.list_acknowledged(connection, viewer, [at.finding]),
    ),
    "answers.find_latest_answer": (
        Rule.content,
        lambda connection, viewer, at: answers.find_latest_answer(connection, viewer, at.case.ticket),
    ),
    "answers.list_file_names": (
        Rule.content,
        lambda connection, viewer, at: answers.list_file_names(connection, viewer, at.case.ticket),
    ),
    "answers.list_thread": (
        Rule.content,
        lambda connection, viewer, at: answers.list_thread(connection, viewer, at.case.ticket),
    ),
    "attached_files.get_attached_files": (
        Rule.content,
        lambda connection, viewer, at: attached_files.get_attached_files(connection, viewer, at.answer),
    ),
    "backlog.count_sends": (
        Rule.installation,
        lambda connection, viewer, at: _found(lambda: backlog.count_sends(connection, viewer, TUESDAY)),
    ),
    "backlog.list_backlog": (
        Rule.installation,
        lambda connection, viewer, at: _found(lambda: backlog.list_backlog(connection, viewer, TUESDAY)),
    ),
    "beats.list_beats": (
        Rule.everybody,
        lambda connection, viewer, at: beats.list_beats(connection, viewer),
    ),
    "breaker.get_breaker": (
        Rule.everybody,
        lambda connection, viewer, at: breaker.get_breaker(connection, viewer) == breaker.Breaker(),
    ),
    "calls.get_call": (
        Rule.content,
        lambda connection, viewer, at: _found(lambda: calls.get_call(connection, viewer, at.case.ticket)),
    ),
    "calls.list_open_calls": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.ticket for each in calls.list_open_calls(connection, viewer)}
        ),
    ),
    "contacts.list_same_contact": (
        Rule.content,
        lambda connection, viewer, at: contacts.list_same_contact(
            connection, viewer, at.case.organisation, f"+46{at.key}1111", not_this=TicketId(0), accounts=[]
        ),
    ),
    "correspondents.find_earlier_languages": (
        Rule.content,
        lambda connection, viewer, at: correspondents.find_earlier_languages(
            connection, viewer, [(at.case.organisation, at.case.recipient)]
        ),
    ),
    "correspondents.find_known": (
        Rule.content,
        lambda connection, viewer, at: correspondents.find_known(
            connection, viewer, [(at.case.organisation, at.case.recipient)]
        ),
    ),
    "deliveries.find_by_provider_ids": (
        Rule.content,
        lambda connection, viewer, at: deliveries.find_by_provider_ids(connection, viewer, at.case.account, ["SM1"]),
    ),
    "deliveries.find_unknown_deliveries": (
        Rule.organisation,
        lambda connection, viewer, at: deliveries.find_unknown_deliveries(connection, viewer, at.case.account, TUESDAY),
    ),
    "deliveries.is_named": (
        Rule.content,
        lambda connection, viewer, at: deliveries.is_named(
            connection, viewer, rendered(id=OutgoingId(0), account=at.case.account), "SM1"
        ),
    ),
    "deliveries.list_deliveries": (
        Rule.content,
        lambda connection, viewer, at: deliveries.list_deliveries(connection, viewer, at.case.ticket),
    ),
    "events.list_after": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.ticket for each in events.list_after(connection, viewer, 0)}
        ),
    ),
    "events.list_before": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.ticket for each in events.list_before(connection, viewer, 2**62, limit=1000)}
        ),
    ),
    "events.list_of_ticket": (
        Rule.content,
        lambda connection, viewer, at: events.list_of_ticket(connection, viewer, at.case.ticket),
    ),
    "evidence.list_of_account": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.message in {each.message for each in evidence.list_of_account(connection, viewer, at.case.account)}
        ),
    ),
    "evidence.list_of_messages": (
        Rule.content,
        lambda connection, viewer, at: evidence.list_of_messages(connection, viewer, {at.case.message}),
    ),
    "evidence.list_of_entries": (
        Rule.organisation,
        lambda connection, viewer, at: evidence.list_of_entries(connection, viewer, {_sign(connection, at)}),
    ),
    "ends.list_ends": (
        Rule.organisation,
        lambda connection, viewer, at: at.case.account in ends.list_ends(connection, viewer),
    ),
    "pages.list_answering_by_themselves": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.case.account in pages.list_answering_by_themselves(connection, viewer, TUESDAY)
        ),
    ),
    "pages.find_answered_in_private": (
        Rule.content,
        lambda connection, viewer, at: pages.find_answered_in_private(connection, viewer, at.case.account, ["10_20"]),
    ),
    "pages.find_hidden": (
        Rule.content,
        lambda connection, viewer, at: pages.find_hidden(connection, viewer, at.case.account, ["10_21"]),
    ),
    "pages.find_open_chats": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket
            in {
                each.ticket
                for each in pages.find_open_chats(
                    connection, viewer, TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1)
                )
            }
        ),
    ),
    "pages.list_written": (
        Rule.content,
        lambda connection, viewer, at: pages.list_written(connection, viewer, at.case.ticket),
    ),
    "pages.find_ours": (
        Rule.content,
        lambda connection, viewer, at: pages.find_ours(connection, viewer, at.case.account, "m_1", "", TUESDAY),
    ),
    "pages.count_unanswered": (
        Rule.content,
        lambda connection, viewer, at: pages.count_unanswered(connection, viewer, at.case.account).in_messenger,
    ),
    "pages.list_windows": (
        Rule.content,
        lambda connection, viewer, at: at.case.ticket in pages.list_windows(connection, viewer),
    ),
    "page_rounds.find_round": (
        Rule.organisation,
        lambda connection, viewer, at: page_rounds.find_round(connection, viewer, at.case.account),
    ),
    "page_rounds.count_standing": (
        Rule.organisation,
        lambda connection, viewer, at: page_rounds.count_standing(connection, viewer, at.case.account, EARLIER),
    ),
    "page_rounds.list_slice": (
        Rule.organisation,
        lambda connection, viewer, at: page_rounds.list_slice(connection, viewer, at.case.account, EARLIER, 0, 9),
    ),
    "page_rounds.find_versions": (
        Rule.content,
        lambda connection, viewer, at: page_rounds.find_versions(connection, viewer, [at.case.message]),
    ),
    "quick_answers.was_said_to_others": (
        Rule.organisation,
        lambda connection, viewer, at: quick_answers.was_said_to_others(
            connection, viewer, account(id=at.case.account, organisation=at.case.organisation), "Tack!", "4"
        ),
    ),
    "handlings.list_workloads": (
        Rule.organisation,
        lambda connection, viewer, at: at.case.account in handlings.list_workloads(connection, viewer),
    ),
    "observed.list_messages_of": (
        Rule.content,
        lambda connection, viewer, at: observed.list_messages_of(connection, viewer, at.case.ticket),
    ),
    "observed.list_tickets_of": (
        Rule.content,
        lambda connection, viewer, at: observed.list_tickets_of(connection, viewer, {at.case.message}),
    ),
    "promised.find_promised": (
        Rule.content,
        lambda connection, viewer, at: promised.find_promised(connection, viewer, {at.case.ticket}),
    ),
    "rhythms.list_rhythms": (
        Rule.organisation,
        lambda connection, viewer, at: at.case.account in rhythms.list_rhythms(connection, viewer),
    ),
    "sending.any_to_send": (
        Rule.installation,
        lambda connection, viewer, at: _found(lambda: sending.any_to_send(connection, viewer)),
    ),
    "tendencies.list_tendencies": (
        Rule.organisation,
        lambda connection, viewer, at: (
            (at.case.account, FindingKind.silent) in tendencies.list_tendencies(connection, viewer)
        ),
    ),
    "traffic.list_traffic": (
        Rule.organisation,
        lambda connection, viewer, at: traffic.list_traffic(
            connection, viewer, at.case.account, TUESDAY - DAY, TUESDAY + DAY
        ),
    ),
    "evidence.list_of_message": (
        Rule.content,
        lambda connection, viewer, at: evidence.list_of_message(connection, viewer, at.case.message),
    ),
    "files.find_waiting_files": (
        Rule.content,
        lambda connection, viewer, at: files.find_waiting_files(connection, viewer, at.case.account, TUESDAY, limit=9),
    ),
    "files.get_file": (
        Rule.content,
        lambda connection, viewer, at: _found(lambda: files.get_file(connection, viewer, at.file)),
    ),
    "files.list_files": (
        Rule.content,
        lambda connection, viewer, at: files.list_files(connection, viewer, at.case.ticket),
    ),
    "findings.get_finding": (
        Rule.organisation,
        lambda connection, viewer, at: _found(lambda: findings.get_finding(connection, viewer, at.finding)),
    ),
    "findings.list_closed_findings": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.ended in {each.id for each in findings.list_closed_findings(connection, viewer, TUESDAY)}
        ),
    ),
    "findings.list_open_findings": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.finding in {each.id for each in findings.list_open_findings(connection, viewer)}
        ),
    ),
    "holding.find_due_soon": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.id for each in holding.find_due_soon(connection, viewer, EARLIER, LATER)}
        ),
    ),
    "holding.find_gone_late": (
        Rule.content,
        lambda connection, viewer, at: at.case.ticket in holding.find_gone_late(connection, viewer, LATER, limit=500),
    ),
    "holding.get_conversation": (
        Rule.content,
        lambda connection, viewer, at: holding.get_conversation(connection, viewer, at.case.ticket).message_ids,
    ),
    "late.count_late": (
        Rule.existence,
        lambda connection, viewer, at: (
            _late_in_unit(connection, viewer, at, SECOND) - _late_in_unit(connection, viewer, at, 0 * SECOND)
        ),
    ),
    "unit_counts.count_broken": (Rule.existence, _broken),
    "unit_counts.count_unanswered": (Rule.existence, _unanswered),
    "leases.left_of": (
        Rule.everybody,
        lambda connection, viewer, at: leases.left_of(connection, viewer, "sealer"),
    ),
    "leases.list_live": (
        Rule.everybody,
        lambda connection, viewer, at: "sealer" in leases.list_live(connection, viewer),
    ),
    "restored.find_lost": (
        Rule.everybody,
        lambda connection, viewer, at: restored.find_lost(connection, viewer),
    ),
    "entries.find_entries": (
        Rule.organisation,
        lambda connection, viewer, at: entries.find_entries(connection, viewer, at.case.account, ["INBOX/1/seen"]),
    ),
    "entries.list_there": (
        Rule.organisation,
        lambda connection, viewer, at: entries.list_there(connection, viewer, at.case.account),
    ),
    "letters.find_letters": (
        Rule.content,
        lambda connection, viewer, at: letters.find_letters(
            connection, viewer, [(at.case.organisation, Digest(f"{at.case.message:064d}"))]
        ),
    ),
    "letters.find_letters_under": (
        Rule.content,
        lambda connection, viewer, at: letters.find_letters_under(
            connection, viewer, [(at.case.organisation, at.case.message_id)]
        ),
    ),
    "messages.count_by_fate": (
        Rule.content,
        lambda connection, viewer, at: messages.count_by_fate(connection, viewer, at.case.account).get(Fate.ticket),
    ),
    "messages.count_unhandled_history": (
        Rule.organisation,
        lambda connection, viewer, at: messages.count_unhandled_history(connection, viewer, at.case.account),
    ),
    "messages.find_ticket": (
        Rule.content,
        lambda connection, viewer, at: messages.find_ticket(connection, viewer, at.case.message),
    ),
    "messages.find_workers": (
        Rule.content,
        lambda connection, viewer, at: at.key in messages.find_workers(connection, viewer),
    ),
    "messages.get_message": (
        Rule.content,
        lambda connection, viewer, at: _found(lambda: messages.get_message(connection, viewer, at.case.message)),
    ),
    "messages.list_opening": (
        Rule.content,
        lambda connection, viewer, at: messages.list_opening(connection, viewer, [at.case.ticket]),
    ),
    "messages.find_latest": (
        Rule.content,
        lambda connection, viewer, at: messages.find_latest(connection, viewer, at.case.ticket),
    ),
    "messages.list_of_ticket": (
        Rule.content,
        lambda connection, viewer, at: messages.list_of_ticket(connection, viewer, at.case.ticket),
    ),
    "scans.find_scan": (
        Rule.organisation,
        lambda connection, viewer, at: scans.find_scan(connection, viewer, at.case.organisation, Digest("f" * 64)),
    ),
    "belongings.find_belongings": (
        Rule.content,
        lambda connection, viewer, at: belongings.find_belongings(connection, viewer, at.case.ticket),
    ),
    "menu.count_for_menu": (
        Rule.existence,
        lambda connection, viewer, at: _late_in_menu(connection, viewer, at.case),
    ),
    "menu.count_live": (
        Rule.existence,
        lambda connection, viewer, at: _holder(at.case) in menu.count_live(connection, viewer).held,
    ),
    "notes.list_notes": (
        Rule.content,
        lambda connection, viewer, at: len(notes.list_notes(connection, viewer, at.case.ticket)),
    ),
    "corrections.list_corrections": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.correction.ticket for each in corrections.list_corrections(connection, viewer)}
        ),
    ),
    "forwards.list_forwards": (
        Rule.content,
        lambda connection, viewer, at: forwards.list_forwards(connection, viewer, at.case.ticket),
    ),
    "forwards.find_unanswered": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.ticket for each in forwards.find_unanswered(connection, viewer, LATER)}
        ),
    ),
    "merges.find_merge": (
        Rule.content,
        lambda connection, viewer, at: merges.find_merge(connection, viewer, at.case.ticket),
    ),
    "merges.list_merged": (
        Rule.content,
        lambda connection, viewer, at: merges.list_merged(connection, viewer, at.case.ticket),
    ),
    "merges.find_into": (
        Rule.content,
        lambda connection, viewer, at: merges.find_into(connection, viewer, [at.case.ticket]),
    ),
    "others.list_others": (
        Rule.content,
        lambda connection, viewer, at: others.list_others(
            connection,
            viewer,
            _ticket(connection, at).sender_address,
            not_this=TicketId(0),
            accounts=[at.case.account],
        ),
    ),
    "presences.list_presences": (
        Rule.content,
        lambda connection, viewer, at: presences.list_presences(
            connection, viewer, at.case.ticket, but=NOBODY, now=TUESDAY
        ),
    ),
    "tries.count_tries": (
        Rule.everybody,
        lambda connection, viewer, at: tries.count_tries(connection, viewer, "name/bo", TUESDAY - DAY),
    ),
    "undone.get_written": (
        Rule.content,
        lambda connection, viewer, at: _found(lambda: undone.get_written(connection, viewer, at.answer)),
    ),
    "undone.list_waiting": (
        Rule.content,
        lambda connection, viewer, at: undone.list_waiting(
            connection, viewer, at.case.ticket, _user(connection, at).id
        ),
    ),
    "unfinished.find_unfinished": (
        Rule.content,
        lambda connection, viewer, at: unfinished.find_unfinished(
            connection, viewer, _user(connection, at).id, at.case.ticket
        ),
    ),
    "unfinished.list_unfinished_of": (
        Rule.content,
        lambda connection, viewer, at: unfinished.list_unfinished_of(connection, viewer, at.case.ticket),
    ),
    "originals.get_original": (
        Rule.content,
        lambda connection, viewer, at: _found(
            lambda: originals.get_original(connection, viewer, at.case.organisation, at.case.digest)
        ),
    ),
    "queue_marks.list_queue_marks": (
        Rule.content,
        lambda connection, viewer, at: queue_marks.list_queue_marks(connection, viewer, [at.case.ticket]),
    ),
    "reconciliations.list_reconciliations": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.case.account in {each.account for each in reconciliations.list_reconciliations(connection, viewer)}
        ),
    ),
    "passed.read_passed": (
        Rule.content,
        lambda connection, viewer, at: bool(
            (passed.read_passed(connection, viewer, [_asking(at.case)], breaker.Breaker(), TUESDAY)).batch
        ),
    ),
    "reply_history.find_reply_histories": (
        Rule.content,
        lambda connection, viewer, at: any(
            each.to_address
            for each in reply_history.find_reply_histories(
                connection, viewer, [(at.case.organisation, at.case.recipient)], TUESDAY + DAY
            ).values()
        ),
    ),
    "refusals.count_refusals": (
        Rule.everybody,
        lambda connection, viewer, at: refusals.count_refusals(connection, viewer, at.case.account),
    ),
    "replayed.find_decided": (
        Rule.content,
        lambda connection, viewer, at: list(
            replayed.find_decided(connection, viewer, TUESDAY - DAY, at.case.message, at.case.message)
        ),
    ),
    "replayed.find_words_to": (
        Rule.content,
        lambda connection, viewer, at: replayed.find_words_to(connection, viewer, [at.case.recipient]),
    ),
    "replayed.list_decided": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.message in dict(replayed.list_decided(connection, viewer, TUESDAY - DAY))
        ),
    ),
    "reply_history.count_wanted": (
        Rule.content,
        lambda connection, viewer, at: reply_history.count_wanted(
            connection, viewer, TUESDAY - SECOND, at.case.account
        ),
    ),
    "reply_history.get_reply_history": (
        Rule.content,
        lambda connection, viewer, at: _replies(connection, viewer, at.case),
    ),
    "saved_views.list_saved_views": (
        Rule.organisation,
        lambda connection, viewer, at: (
            f"vy {at.key}"
            in {each.name for each in saved_views.list_saved_views(connection, replace(viewer, units=ALL_UNITS))}
        ),
    ),
    "search.find_history": (
        Rule.organisation,
        lambda connection, viewer, at: search.find_history(
            connection, viewer, read_question("oläst"), accounts=[at.case.account], limit=10
        ),
    ),
    "search.find_hits": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.ticket.id for each in search.find_hits(connection, viewer, _about(at), limit=50)}
        ),
    ),
    "search_history.find_history_span": (
        Rule.everybody,
        lambda connection, viewer, at: search_history.find_history_span(connection, viewer),
    ),
    "search_parts.finds_parts": (
        Rule.everybody,
        lambda connection, viewer, at: search_parts.finds_parts(connection, viewer),
    ),
    "sent.find_our_messages": (
        Rule.content,
        lambda connection, viewer, at: sent.find_our_messages(connection, viewer, [at.case.reply_id]),
    ),
    "sent.get_alert": (
        Rule.organisation,
        lambda connection, viewer, at: _found(lambda: sent.get_alert(connection, viewer, at.alert)),
    ),
    "sent.list_alerts": (
        Rule.organisation,
        lambda connection, viewer, at: at.alert in {each.id for each in sent.list_alerts(connection, viewer)},
    ),
    "sent.list_alerts_of_findings": (
        Rule.organisation,
        lambda connection, viewer, at: sent.list_alerts_of_findings(connection, viewer, [at.finding]),
    ),
    "sent.list_of_ticket": (
        Rule.content,
        lambda connection, viewer, at: sent.list_of_ticket(connection, viewer, at.case.ticket),
    ),
    "sent_answers.find_sent_answers": (
        Rule.organisation,
        lambda connection, viewer, at: sent_answers.find_sent_answers(
            connection, viewer, [(at.case.organisation, at.case.message_id)]
        ),
    ),
    "sent_answers.find_unsettled": (
        Rule.content,
        lambda connection, viewer, at: sent_answers.find_unsettled(connection, viewer, at.case.account, TUESDAY - DAY),
    ),
    "sites.find_accounts_with_work": (
        Rule.organisation,
        lambda connection, viewer, at: at.case.account in sites.find_accounts_with_work(connection, viewer),
    ),
    "sites.find_active_version": (
        Rule.everybody,
        lambda connection, viewer, at: sites.find_active_version(connection, viewer),
    ),
    "sites.list_activations": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.case.account in {each.actor for each in sites.list_activations(connection, viewer)}
        ),
    ),
    "sites.get_site": (
        Rule.everybody,
        lambda connection, viewer, at: _found(lambda: sites.get_site(connection, viewer, SITE)),
    ),
    "tellings.list_to_call_off": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.ended in {each.id for each in tellings.list_to_call_off(connection, viewer, "at_once", "over", TUESDAY)}
        ),
    ),
    "tellings.list_told_of": (
        Rule.organisation,
        lambda connection, viewer, at: tellings.list_told_of(connection, viewer, [f"finding/{at.finding}"]),
    ),
    "tellings.list_told_of_findings": (
        Rule.organisation,
        lambda connection, viewer, at: tellings.list_told_of_findings(connection, viewer, [at.finding]),
    ),
    "canaries.find_canaries": (
        Rule.organisation,
        lambda connection, viewer, at: canaries.find_canaries(connection, viewer, [f"svk-{at.key}"]),
    ),
    "canaries.list_last_canaries": (
        Rule.organisation,
        lambda connection, viewer, at: at.case.account in canaries.list_last_canaries(connection, viewer),
    ),
    "bounces.list_bounced_alerts": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.case.account in {each.account for each in bounces.list_bounced_alerts(connection, viewer, TUESDAY)}
        ),
    ),
    "published.list_read_pages": (
        Rule.organisation,
        lambda connection, viewer, at: (
            f"https://{at.key}.example" in {each.url for each in published.list_read_pages(connection, viewer)}
        ),
    ),
    "published.list_shown": (
        Rule.organisation,
        lambda connection, viewer, at: published.list_shown(connection, viewer, [f"{at.key}@shown.example"]),
    ),
    "tags.list_tags": (
        Rule.content,
        lambda connection, viewer, at: tags.list_tags(connection, viewer, at.case.ticket),
    ),
    "sms_floods.count_beginnings": (
        Rule.content,
        lambda connection, viewer, at: sms_floods.count_beginnings(
            connection, viewer, [(at.case.organisation, f"+46{at.key}")], TUESDAY
        )[at.case.organisation, f"+46{at.key}"],
    ),
    "sms_floods.list_floods": (
        Rule.content,
        lambda connection, viewer, at: at.case.account in sms_floods.list_floods(connection, viewer, TUESDAY - DAY, 0),
    ),
    "step_times.list_step_times": (
        Rule.everybody,
        lambda connection, viewer, at: step_times.list_step_times(connection, viewer),
    ),
    "suppressions.find_suppressions": (
        Rule.organisation,
        lambda connection, viewer, at: suppressions.find_suppressions(
            connection, viewer, [(at.case.organisation, f"{at.key}@suppressed.example")], TUESDAY
        ),
    ),
    "suppressions.find_suppression": (
        Rule.organisation,
        lambda connection, viewer, at: suppressions.find_suppression(
            connection, viewer, at.case.organisation, f"{at.key}@suppressed.example", TUESDAY
        ),
    ),
    "suppressions.list_suppressions": (
        Rule.content,
        lambda connection, viewer, at: (
            f"{at.key}@suppressed.example"
            in {each.address for each in suppressions.list_suppressions(connection, viewer, TUESDAY)}
        ),
    ),
    "unsettled.count_uncertain": (
        Rule.content,
        lambda connection, viewer, at: unsettled.count_uncertain(connection, viewer, at.case.account),
    ),
    "unsettled.get_uncertain": (
        Rule.content,
        lambda connection, viewer, at: _found(lambda: unsettled.get_uncertain(connection, viewer, at.answer)),
    ),
    "unsettled.list_uncertain": (
        Rule.content,
        lambda connection, viewer, at: at.answer in {each.id for each in unsettled.list_uncertain(connection, viewer)},
    ),
    "unsettled.list_refused": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.ticket for each in unsettled.list_refused(connection, viewer)}
        ),
    ),
    "tickets.list_arrived": (
        Rule.existence,
        lambda connection, viewer, at: tickets.list_arrived(connection, viewer, at.case.account, EARLIER, LATER),
    ),
    "indicators.list_counted": (
        Rule.existence,
        lambda connection, viewer, at: _counted(connection, viewer, at.case),
    ),
    "indicators.list_waited": (
        Rule.organisation,
        lambda connection, viewer, at: tuple(
            indicators.list_waited(connection, viewer, [at.case.account], EARLIER, LATER)
        ),
    ),
    "notices.count_notices": (
        Rule.existence,
        lambda connection, viewer, at: _owed(connection, viewer, at.case),
    ),
    "rule_hits.count_hits": (
        Rule.content,
        lambda connection, viewer, at: rule_hits.count_hits(connection, viewer, [RuleId(at.case.account)], TUESDAY),
    ),
    "rule_hits.list_hit_tickets": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.ticket for each in rule_hits.list_hit_tickets(connection, viewer, RULE)}
        ),
    ),
    "rule_trials.any_trial_waits": (
        Rule.everybody,
        lambda connection, viewer, at: not rule_trials.any_trial_waits(connection, viewer),
    ),
    "rule_trials.get_trial": (
        Rule.organisation,
        lambda connection, viewer, at: _found(
            lambda: rule_trials.get_trial(connection, viewer, _trial(connection, at.case))
        ),
    ),
    "rule_trials.list_trial_changes": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.message
            in {
                each.message for each in rule_trials.list_trial_changes(connection, viewer, _trial(connection, at.case))
            }
        ),
    ),
    "rule_trials.list_trials": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.case.organisation in {each.organisation for each in rule_trials.list_trials(connection, viewer)}
        ),
    ),
    "entries.by_message": (
        Rule.organisation,
        lambda connection, viewer, at: entries.by_message(connection, viewer, [at.case.message]),
    ),
    "entries.list_entries": (
        Rule.organisation,
        lambda connection, viewer, at: list(
            entries.list_entries(connection, viewer, ledger_table.c.account_id == at.case.account)
        ),
    ),
    "set_aside.get_original_set_aside": (
        Rule.content,
        lambda connection, viewer, at: _found(
            lambda: set_aside.get_original_set_aside(connection, viewer, _aside(connection, at))
        ),
    ),
    "set_aside.get_set_aside": (
        Rule.content,
        lambda connection, viewer, at: _found(
            lambda: set_aside.get_set_aside(connection, viewer, _aside(connection, at))
        ),
    ),
    "set_aside.list_set_aside": (
        Rule.content,
        lambda connection, viewer, at: (
            _aside(connection, at) in {each.id for each in set_aside.list_set_aside(connection, viewer, TUESDAY - DAY)}
        ),
    ),
    "tickets.count_at_most": (
        Rule.existence,
        lambda connection, viewer, at: tickets.count_at_most(
            connection, viewer, status=TicketStatus.open, most=100, only=[tickets_table.c.id == at.case.ticket]
        ),
    ),
    "tickets.count_tickets": (
        Rule.existence,
        lambda connection, viewer, at: _late(connection, viewer, at.case),
    ),
    "tickets.find_tickets": (
        Rule.existence,
        lambda connection, viewer, at: tickets.find_tickets(connection, viewer, [at.case.ticket]),
    ),
    "promised.count_promised": (
        Rule.content,
        lambda connection, viewer, at: (
            promised.count_promised(connection, viewer, after=TicketId(at.case.ticket - 1))
            - promised.count_promised(connection, viewer, after=at.case.ticket)
        ),
    ),
    "promised.find_told": (
        Rule.content,
        lambda connection, viewer, at: promised.find_told(connection, viewer, {at.case.ticket}),
    ),
    "promised.list_promised": (
        Rule.content,
        lambda connection, viewer, at: (
            at.case.ticket in {each.id for each in promised.list_promised(connection, viewer, limit=10_000)}
        ),
    ),
    "threads.find_tickets_by_number": (
        Rule.content,
        lambda connection, viewer, at: threads.find_tickets_by_number(
            connection, viewer, {(at.case.organisation, _ticket(connection, at).number)}
        ),
    ),
    "threads.find_tickets_of_mail": (
        Rule.content,
        lambda connection, viewer, at: threads.find_tickets_of_mail(
            connection, viewer, {(at.case.organisation, at.case.message_id)}
        ),
    ),
    "threads.find_tickets_of_senders": (
        Rule.content,
        lambda connection, viewer, at: threads.find_tickets_of_senders(
            connection, viewer, {(at.case.account, _ticket(connection, at).sender_address.lower())}
        ),
    ),
    "threads.find_writers": (
        Rule.content,
        lambda connection, viewer, at: threads.find_writers(connection, viewer, {at.case.ticket}),
    ),
    "timelines.list_moments": (
        Rule.content,
        lambda connection, viewer, at: timelines.list_moments(connection, viewer, at.case.ticket),
    ),
    "tickets.get_ticket": (
        Rule.existence,
        lambda connection, viewer, at: _found(lambda: tickets.get_ticket(connection, viewer, at.case.ticket)),
    ),
    "tickets.list_tickets": (
        Rule.existence,
        lambda connection, viewer, at: at.case.ticket in {each.id for each in tickets.list_tickets(connection, viewer)},
    ),
    "sessions.find_session_user": (
        Rule.organisation,
        lambda connection, viewer, at: sessions.find_session_user(
            connection, viewer, at.token, now=TUESDAY + SECOND, idle=DAY, longest=DAY
        ),
    ),
    "sessions.is_by_provider": (
        Rule.organisation,
        lambda connection, viewer, at: sessions.is_by_provider(connection, viewer, at.token),
    ),
    "sessions.list_sessions": (
        Rule.organisation,
        lambda connection, viewer, at: (
            at.key
            in {
                each.device
                for each in sessions.list_sessions(connection, viewer, now=TUESDAY + SECOND, idle=DAY, longest=DAY)
            }
        ),
    ),
    "sign_ins.find_half": (
        Rule.organisation,
        lambda connection, viewer, at: sign_ins.find_half(connection, viewer, at.token, TUESDAY + SECOND),
    ),
    "codes.find_code_key": (
        Rule.organisation,
        lambda connection, viewer, at: codes.find_code_key(connection, viewer, _user(connection, at).id),
    ),
    "users.find_user_by_subject": (
        Rule.organisation,
        lambda connection, viewer, at: users.find_user_by_subject(connection, viewer, f"https://id.example|{at.key}"),
    ),
    "users.find_display_name": (
        Rule.organisation,
        lambda connection, viewer, at: users.find_display_name(connection, viewer, _user(connection, at).id),
    ),
    "users.list_colleagues": (
        Rule.organisation,
        lambda connection, viewer, at: at.key in {each.name for each in users.list_colleagues(connection, viewer)},
    ),
    "users.find_user": (
        Rule.organisation,
        lambda connection, viewer, at: users.find_user(connection, viewer, at.key),
    ),
    "verification.verify": (
        Rule.installation,
        lambda connection, viewer, at: _found(lambda: verification.verify(connection, viewer)),
    ),
    "waiting.any_waiting": (
        Rule.installation,
        lambda connection, viewer, at: _found(lambda: waiting.any_waiting(connection, viewer)),
    ),
    "waiting.count_waiting": (
        Rule.installation,
        lambda connection, viewer, at: _found(lambda: waiting.count_waiting(connection, viewer, most=50)),
    ),
}
