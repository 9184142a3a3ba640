"""What goes wrong in the simulated year: when each fault begins, by when it is found, and who must hear."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.account import AccountStatus
from domain.errors import Unreachable
from domain.finding import FindingKind
from domain.ids import AccountId, PersonId
from domain.message import FolderRole
from domain.person import Absence
from domain.protocols import Step
from domain.viewer import MACHINE
from pipeline.acknowledge import take_call
from pipeline.reconcile import reconcile
from store.accounts import get_cursor, set_cursor
from store.calls import list_open_calls
from tests.flow.year import Year
from tests.flow.year_town import ADMINISTRATOR, FIRST, OLD_HOST, at, konto
from tests.flow.year_wires import vacation

Act = Callable[[Year], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A fault."""

    kind: FindingKind
    accounts: tuple[AccountId, ...]
    begins_at: datetime
    #: The latest that it may be found.
    by: datetime
    #: The latest that its finding is closed; None: it is never mended.
    over_by: datetime | None
    #: Who is the first to be told; empty: nobody.
    reader: str
    at_once: bool = False
    #: What happens, in order; each at the beginning of the moment of its time.
    acts: tuple[tuple[datetime, Act], ...] = ()


def _chef(number: int, organisation: str = "exempelby.example") -> str:
    return f"chef-{number}@{organisation}"


def _stf(number: int) -> str:
    return f"stf-{number}@exempelby.example"


def _morning(month: int, day: int, year: int = 2026) -> datetime:
    return at(date(year, month, day), 7, 31)


def _noon(month: int, day: int) -> datetime:
    """Return the moment at which mail has come."""
    return at(date(2026, month, day), 10)


def _drop(set_of: str, id: AccountId) -> Act:
    return lambda year: getattr(year, set_of).discard(id)


def _put(set_of: str, id: AccountId) -> Act:
    return lambda year: getattr(year, set_of).add(id)


def _write(id: AccountId, minutes: int = 2) -> Act:
    def write(year: Year) -> None:
        year.write(id, year.town.clock.now() - timedelta(minutes=minutes))

    return write


def leave_old_mail(year: Year) -> None:
    source = year.mailbox(year.site.account(OLD_MAIL))
    for number in range(4):
        source.put(b"From: p@example.se\r\nSubject: gammalt\r\n\r\nHej\r\n", at=at(date(2025, 11, 3 + number), 9))


def _vacation(year: Year) -> None:
    account = year.site.account(TWICE)
    year.write(TWICE, year.town.clock.now())
    notice = vacation(account, year.written, year.town.clock.now())
    year.mailbox(account).put(notice, at=year.town.clock.now(), role=FolderRole.sent)


def _withhold(year: Year) -> None:
    identity = year.write(WITHHELD, year.town.clock.now())
    year.mailbox(year.site.account(WITHHELD)).withhold(identity)


def _hand_over(year: Year) -> None:
    source = year.mailbox(year.site.account(WITHHELD))
    for identity in list(source.inventory()):
        source.hand_over(identity)
    year.news.add(WITHHELD)


def _miss(year: Year) -> None:
    """Move the cursor past a mail that was never read, as a fault of ours or of the server would."""
    account = year.site.account(MISSED)
    year.write(MISSED, year.town.clock.now())
    year.news.discard(MISSED)
    with year.town.database.write() as connection:
        cursor = dict(get_cursor(connection, MACHINE, MISSED) or {})
        inbox = cursor["folders"]["INBOX"]
        folders = {**cursor["folders"], "INBOX": {**inbox, "uid": inbox["uid"] + 1}}
        set_cursor(connection, MISSED, account.organisation, {"folders": folders})


def _compare(year: Year) -> None:
    reconcile(year.town.runtime, MISSED)


def _flood(year: Year) -> None:
    for _ in range(40):
        year.write(FLOODED, year.town.clock.now() - timedelta(minutes=2))


def _ends(day: date) -> Act:
    def see(year: Year) -> None:
        year.mailbox(year.site.account(EXPIRES)).ends = (("The certificate of mail.example", at(day, 12)),)
        year.news.add(EXPIRES)

    return see


def _speak(year: Year) -> None:
    year.mute.discard(MUTE)
    year.mailbox(year.site.account(MUTE)).last_post_at = year.town.clock.now()
    year.news.add(MUTE)


def _dormant(year: Year) -> None:
    year.page.kept.add(year.site.account(UNUSED).address)
    year.account(UNUSED, status=AccountStatus.dormant)


def _move_out(year: Year) -> None:
    year.account(OUTSIDE, address="enhet-1@freemail.example")


def _move_in(year: Year) -> None:
    year.account(OUTSIDE, address="konto-21@exempelby.example")


OLD_MAIL, UNMANAGED, OUTSIDE, MUTE, UNUSED, LEAVER = (
    konto(32), konto(53), konto(21), konto(3), konto(57), konto(9),
)  # fmt: skip
DEAD_TOKEN, TWICE, WITHHELD, MISSED, FLOODED, PARENT = (
    konto(33), konto(44), konto(40), konto(50), konto(45), konto(12),
)  # fmt: skip
UNREAD, OF_COMPANY, NUMBER, PAGE, SILENT, EXPIRES = (
    konto(43), konto(38), konto(6), konto(1), konto(52), konto(27),
)  # fmt: skip
CANARY, UNLISTED, CENTER_DOWN = konto(34), konto(55), konto(50)
#: Hangs on the contact center's first account in use.
HOME = konto(0)
#: Whose mail is read and not answered, and the tickets of whose unit are late.
LATE = konto(42)

PLANTED = (
    Planted(
        kind=FindingKind.old_unhandled, accounts=(OLD_MAIL,), begins_at=at(FIRST, 0), by=at(FIRST, 9), over_by=None,
        reader="",
    ),
    Planted(
        kind=FindingKind.no_manager, accounts=(UNMANAGED,), begins_at=at(date(2026, 2, 1), 0),
        by=at(date(2026, 2, 2), 11),
        over_by=at(date(2026, 2, 5), 11), reader=_stf(3),
        acts=(
            (_morning(2, 2), lambda year: year.person("own-chef", employed_until=date(2026, 1, 31))),
            (_morning(2, 4), lambda year: year.account(UNMANAGED, manager=PersonId("chef-3"))),
        ),
    ),
    Planted(
        kind=FindingKind.off_domain, accounts=(OUTSIDE,), begins_at=_morning(2, 16), by=_noon(2, 16),
        over_by=_morning(2, 19), reader=_chef(1),
        acts=((_morning(2, 16), _move_out), (_morning(2, 18), _move_in)),
    ),
    Planted(
        kind=FindingKind.inactive, accounts=(MUTE,), begins_at=at(date(2026, 2, 9), 0), by=at(date(2026, 3, 10), 11),
        over_by=at(date(2026, 3, 12), 11), reader=_chef(3),
        acts=((at(date(2026, 2, 9), 7, 31), _put("mute", MUTE)), (_noon(3, 11), _speak)),
    ),
    Planted(
        kind=FindingKind.inactive, accounts=(UNUSED,), begins_at=at(FIRST, 0), by=at(date(2026, 3, 9), 11),
        over_by=at(date(2026, 3, 17), 11), reader=_chef(7),
    ),
    Planted(
        kind=FindingKind.published_but_gone, accounts=(UNUSED,), begins_at=_morning(3, 16), by=_noon(3, 16),
        over_by=_noon(3, 19), reader=_chef(7),
        acts=(
            (_morning(3, 16), _dormant),
            (_morning(3, 18), lambda year: year.page.kept.clear()),
            (_morning(3, 18), lambda year: year.page.hidden.add(year.site.account(UNUSED).address)),
        ),
    ),
    Planted(
        kind=FindingKind.left, accounts=(LEAVER,), begins_at=at(date(2026, 4, 1), 0), by=_noon(4, 1),
        over_by=_morning(4, 7), reader="chef-9@exempelbo.example",
        acts=(
            (_morning(4, 1), lambda year: year.person("reader-9", employed_until=date(2026, 3, 31))),
            (_noon(4, 2), lambda year: year.account(LEAVER, readers=(PersonId("reader-19"),))),
        ),
    ),
    Planted(
        kind=FindingKind.unreachable, accounts=(DEAD_TOKEN,), begins_at=_morning(4, 14), by=_noon(4, 14),
        over_by=at(date(2026, 4, 17), 8), reader=_chef(3),
        acts=(
            (_morning(4, 14), lambda year: year.fail(Unreachable("token", "renew it"), DEAD_TOKEN)),
            (_morning(4, 16), lambda year: year.recover(DEAD_TOKEN)),
        ),
    ),
    Planted(
        kind=FindingKind.unreachable, accounts=(CENTER_DOWN,), begins_at=_morning(4, 21),
        by=at(date(2026, 4, 21), 8, 5),
        over_by=_noon(4, 21) + timedelta(minutes=15), reader=_chef(0), at_once=True,
        acts=(
            (_morning(4, 21), lambda year: year.fail(Unreachable("sign_in", "wrong"), CENTER_DOWN)),
            (at(date(2026, 4, 21), 8, 2), lambda year: None),
            (at(date(2026, 4, 21), 9), lambda year: year.recover(CENTER_DOWN)),
        ),
    ),
    Planted(
        kind=FindingKind.unreachable, accounts=OLD_HOST, begins_at=_morning(5, 5), by=_noon(5, 5),
        over_by=_morning(5, 7), reader=ADMINISTRATOR, at_once=True,
        acts=(
            (_morning(5, 5), lambda year: year.fail(Unreachable("tcp", "no answer"), *OLD_HOST)),
            (_noon(5, 6), lambda year: year.recover(*OLD_HOST)),
        ),
    ),
    Planted(
        kind=FindingKind.duplicate_auto_reply, accounts=(TWICE,), begins_at=_noon(6, 1), by=_morning(6, 2),
        over_by=at(date(2026, 6, 9), 11), reader=_chef(4), acts=((_noon(6, 1), _vacation),),
    ),
    Planted(
        kind=FindingKind.withheld, accounts=(WITHHELD,), begins_at=_noon(6, 15), by=_noon(6, 15),
        over_by=_noon(6, 16), reader=_chef(0), at_once=True,
        acts=((_noon(6, 15), _withhold), (at(date(2026, 6, 15), 10, 40), _hand_over)),
    ),
    Planted(
        kind=FindingKind.missed, accounts=(MISSED,), begins_at=_noon(6, 23), by=_noon(6, 23) + timedelta(hours=1),
        over_by=_noon(6, 24), reader=_chef(0), at_once=True,
        acts=((_noon(6, 23), _miss), (at(date(2026, 6, 23), 10, 30), _compare), (_morning(6, 24), _compare)),
    ),
    Planted(
        kind=FindingKind.replies_stopped, accounts=(HOME,), begins_at=_noon(8, 18), by=_noon(8, 18),
        over_by=_morning(8, 19), reader=_chef(0), at_once=True, acts=((_noon(8, 18), _flood),),
    ),
    Planted(
        kind=FindingKind.absent, accounts=(PARENT,), begins_at=at(date(2026, 9, 1), 0), by=_noon(9, 1),
        over_by=_noon(9, 4), reader=_chef(2),
        acts=(
            (_morning(9, 1), lambda year: year.person("reader-12", absences=(Absence(first=date(2026, 9, 1)),))),
            (_morning(9, 3), lambda year: year.person(
                "reader-12", absences=(Absence(first=date(2026, 9, 1), covered_by=PersonId("reader-13")),)
            )),
        ),
    ),
    # The manager is away: the deputy is told first, and when nobody acts, the next level.
    Planted(
        kind=FindingKind.unwatched, accounts=(UNREAD,), begins_at=_noon(9, 14), by=_morning(9, 16),
        over_by=_noon(9, 22), reader=_stf(3),
        acts=(
            (_morning(9, 7), lambda year: year.person(
                "chef-3", absences=(Absence(first=date(2026, 9, 7), last=date(2026, 9, 30)),)
            )),
            (_morning(9, 14), _put("unread", UNREAD)), (_noon(9, 14), _write(UNREAD)),
            (at(date(2026, 9, 21), 9, 50), _drop("unread", UNREAD)),
        ),
    ),
    # Nobody acknowledges: it rises from the manager to the deputy, and then out of the company's unit.
    Planted(
        kind=FindingKind.unwatched, accounts=(OF_COMPANY,), begins_at=_noon(10, 5), by=_morning(10, 7),
        over_by=_noon(10, 20), reader="chef-8@exempelbo.example",
        acts=(
            (_morning(10, 5), _put("unread", OF_COMPANY)), (_noon(10, 5), _write(OF_COMPANY)),
            (at(date(2026, 10, 16), 9, 50), _drop("unread", OF_COMPANY)),
        ),
    ),
    Planted(
        kind=FindingKind.unwatched, accounts=(NUMBER,), begins_at=_noon(10, 21), by=at(date(2026, 10, 21), 14, 5),
        over_by=_morning(10, 23), reader=_chef(6),
        acts=(
            (_noon(10, 21), _put("unread", NUMBER)), (_noon(10, 21), _write(NUMBER)),
            (at(date(2026, 10, 21), 14, 1), lambda year: None), (_morning(10, 22), _drop("unread", NUMBER)),
        ),
    ),
    Planted(
        kind=FindingKind.unwatched, accounts=(PAGE,), begins_at=_noon(10, 27), by=_morning(10, 29),
        over_by=_noon(10, 30), reader=_chef(1),
        acts=(
            (_noon(10, 27), _put("unread", PAGE)), (_noon(10, 27), _write(PAGE)),
            (_morning(10, 30), _drop("unread", PAGE)),
        ),
    ),
    Planted(
        kind=FindingKind.expiring, accounts=(EXPIRES,), begins_at=at(date(2026, 11, 1), 0),
        by=at(date(2026, 11, 30), 11),
        over_by=_noon(12, 2), reader=_chef(7),
        acts=((_morning(10, 26), _ends(date(2026, 12, 1))), (_noon(12, 1), _ends(date(2027, 12, 1)))),
    ),
    Planted(
        kind=FindingKind.silent, accounts=(SILENT,), begins_at=_noon(11, 2), by=at(date(2026, 11, 24), 11),
        over_by=_noon(12, 2), reader=_chef(2),
        acts=(
            (_morning(11, 2), _put("quiet", SILENT)), (_noon(12, 1), _drop("quiet", SILENT)),
            (_noon(12, 1), _write(SILENT)),
        ),
    ),
    Planted(
        kind=FindingKind.canary_missing, accounts=(CANARY,), begins_at=at(date(2026, 11, 9), 0),
        by=at(date(2026, 11, 18), 11),
        over_by=at(date(2026, 11, 26), 11), reader=_chef(4),
        acts=(
            (_morning(11, 9), lambda year: year.wires.swallowing.add(CANARY)),
            (_morning(11, 18), lambda year: year.wires.swallowing.clear()),
        ),
    ),
    Planted(
        kind=FindingKind.not_published, accounts=(UNLISTED,), begins_at=_morning(11, 17), by=_noon(11, 18),
        over_by=_noon(11, 20), reader=_chef(5),
        acts=(
            (_morning(11, 17), lambda year: year.page.hidden.add(year.site.account(UNLISTED).address)),
            (_morning(11, 19), lambda year: year.page.hidden.discard(year.site.account(UNLISTED).address)),
        ),
    ),
    Planted(
        kind=FindingKind.worker_stalled, accounts=(HOME,), begins_at=_noon(12, 8), by=at(date(2026, 12, 8), 10, 10),
        over_by=_morning(12, 9), reader=ADMINISTRATOR, at_once=True,
        acts=(
            (at(date(2026, 12, 8), 10, 5), lambda year: year.stopped.add(Step.seal)),
            (at(date(2026, 12, 8), 10, 30), lambda year: year.stopped.clear()),
        ),
    ),
)  # fmt: skip

#: What goes wrong and is no finding: late tickets, and a danger at night.
NIGHT = date(2026, 2, 25)
FIRE = konto(40)
LATE_SINCE, LATE_UNTIL = date(2026, 3, 17), date(2026, 3, 25)


def other_acts() -> tuple[tuple[datetime, Act], ...]:
    """Return what else happens: a danger to life at night until somebody answers, and a late ticket."""
    calls = tuple((at(NIGHT, 2, minute), _nothing) for minute in (7, 12, 17, 22, 27, 32, 42))
    return (
        (at(NIGHT, 2, 2), _fire),
        *calls,
        (at(NIGHT, 2, 24), _take_call),
        (at(LATE_SINCE, 7, 31), _put("unanswered", LATE)),
        (at(LATE_SINCE, 10), _write(LATE)),
        (at(LATE_UNTIL, 9, 50), _answer_late),
    )


def _nothing(year: Year) -> None:
    """Let the time come alone."""


def _take_call(year: Year) -> None:
    with year.town.database.read() as connection:
        [call] = list_open_calls(connection, MACHINE)
    take_call(year.town.database, call.ticket, "link/jour-2", year.town.clock.now())


def _fire(year: Year) -> None:
    year.write(FIRE, year.town.clock.now() - timedelta(minutes=1), about="att det brinner i trapphuset")


def _answer_late(year: Year) -> None:
    year.unanswered.discard(LATE)
    source = year.mailbox(year.site.account(LATE))
    for identity in list(source.inventory()):
        source.set_flags(identity, "\\Seen", "\\Answered")
    year.news.add(LATE)
