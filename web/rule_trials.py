"""The pages that try rules on stored messages: begin, follow, stop, and what would be otherwise (P12)."""

from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import SettingsFaults
from domain.ids import RuleTrialId, TicketId
from domain.outgoing import AttachedFile
from domain.rule_trial import Against, RuleTrial, TrialState, Tried
from pipeline.grouped import Group, grouped
from pipeline.rule_trial import MOST_DAYS, TrialGoesOn, begin_trial, may_try, read_changes, stop_trial
from store.rule_trials import get_trial, list_trials
from web.fault_words import say_fault
from web.form import Form
from web.redirects import see_other
from web.rendering import render_page
from web.rule_words import COMPARED, say_compared
from web.times import ShownTime, shown_time
from web.visit import Visit, show, visit_of_form
from web.words import Words, mark

PAGE = "/prov"

#: What a file that is tried may be.
LARGEST_BYTES = 4_000_000

#: Tickets of a group that are shown.
MOST_TICKETS = 12

#: Faults that are shown at once.
MOST_FAULTS = 50

DAYS = (1, 7, 30, 90)

STATES = {
    TrialState.waiting: mark("väntar på att börja"),
    TrialState.running: mark("pågår"),
    TrialState.done: mark("klart"),
    TrialState.stopped: mark("stoppat"),
    TrialState.failed: mark("gick inte"),
}

TRIED = {
    Tried.active: mark("reglerna som gäller"),
    Tried.rules: mark("andra regler"),
    Tried.categories: mark("andra kategorier"),
    Tried.both: mark("andra regler och kategorier"),
}

AGAINST = {
    Against.then: mark("det som bestämdes när meddelandena kom"),
    Against.active: mark("det som reglerna som gäller skulle bestämma"),
}

GOES_ON = mark("Ett prov pågår redan. Vänta tills det är klart, eller stoppa det.")
TOO_LARGE = mark("Filen är för stor: högst 4 MB.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTrial:
    """One trial."""

    id: int
    state: str
    state_text: str
    tried: str
    against: str
    #: From when on messages are tried, in words.
    period: str
    asked: ShownTime
    percent: int
    goes_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """Messages of which the same thing would be otherwise in the same way."""

    before: str
    after: str
    count: int
    tickets: tuple[tuple[str, TicketId | None], ...]
    #: Tickets that are not shown.
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFault:
    """What is wrong: where, in words, and whether the words are still English."""

    where: str
    wrong: str
    is_english: bool


@dataclass(slots=True, kw_only=True)
class Asked:
    """What was asked for and could not be tried, to be mended."""

    rules: str = ""
    categories: str = ""
    days: int = 7
    against: Against = Against.active
    sentence: str = ""
    faults: list[ShownFault] = field(default_factory=list)


def show_trials(visit: Visit) -> Response:
    """Show the form and the latest trials."""
    _refuse_others(visit)
    return _page(visit, Asked())


def take_trial(request: Request, form: Form, files: tuple[AttachedFile, ...]) -> Response:
    """Begin a trial, or say everything that is wrong with what was given."""
    visit = visit_of_form(request)
    _refuse_others(visit)
    trials = visit.surroundings.trials
    if trials is None:
        raise HTTPException(404)
    asked = _asked(form)
    if any(len(file.content) > LARGEST_BYTES for file in files):
        asked.sentence = visit.words.gettext(TOO_LARGE)
        return _page(visit, asked)
    try:
        id = begin_trial(
            visit.surroundings.database, trials, visit.site, visit.user, _given(asked, files), days=asked.days,
            against=asked.against, now=visit.now,
        )  # fmt: skip
    except TrialGoesOn:
        asked.sentence = visit.words.gettext(GOES_ON)
    except SettingsFaults as error:
        asked.faults = [_fault(each, visit.words) for each in error.faults[:MOST_FAULTS]]
    else:
        return see_other(f"{PAGE}/{id}")
    return _page(visit, asked)


def show_trial(visit: Visit) -> Response:
    """Show how far a trial has come, and what would be otherwise of what the visitor may see."""
    trial = _find(visit)
    with visit.surroundings.database.read() as connection:
        changes = read_changes(connection, visit.viewer, trial.id)
        return show(
            visit, connection, "trial.html", trial=_shown(trial, visit.words), tries=True, changed=len(changes),
            sections=_sections(grouped(changes), visit), failure=trial.failure,
        )  # fmt: skip


def show_progress(visit: Visit) -> Response:
    """Show the bar alone; when the trial is over, the whole page is asked for again."""
    trial = _find(visit)
    response = render_page("trial_progress.html", visit.words, trial=_shown(trial, visit.words))
    if not trial.goes_on:
        response.headers["HX-Refresh"] = "true"
    return response


def take_stop(request: Request, _form: Form) -> Response:
    """Stop a trial."""
    visit = visit_of_form(request)
    trial = _find(visit)
    stop_trial(visit.surroundings.database, visit.user, trial.id, visit.now)
    return see_other(f"{PAGE}/{trial.id}")


def _refuse_others(visit: Visit) -> None:
    if not may_try(visit.viewer):
        raise HTTPException(404)


def _find(visit: Visit) -> RuleTrial:
    _refuse_others(visit)
    with visit.surroundings.database.read() as connection:
        try:
            return get_trial(connection, visit.viewer, RuleTrialId(visit.row))
        except KeyError:
            raise HTTPException(404) from None


def _page(visit: Visit, asked: Asked) -> Response:
    words = visit.words
    with visit.surroundings.database.read() as connection:
        return show(
            visit,
            connection,
            "trials.html",
            status=422 if asked.sentence or asked.faults else 200,
            asked=asked,
            trials=[_shown(each, words) for each in list_trials(connection, visit.viewer)],
            days=[(days, _period(days, words)) for days in DAYS],
            against={each: words.gettext(text) for each, text in AGAINST.items()},
            can=visit.surroundings.trials is not None,
            tries=True,
        )


def _asked(form: Form) -> Asked:
    days = form.get("days", "")[:6]
    against = form.get("against", "")
    return Asked(
        rules=form.get("rules", ""),
        categories=form.get("categories", ""),
        days=int(days) if days.isdecimal() and 0 < int(days) <= MOST_DAYS else 7,
        against=Against(against) if against in list(Against) else Against.active,
    )


def _given(asked: Asked, files: tuple[AttachedFile, ...]) -> dict[str, bytes]:
    """Return the files that are tried, by their names: what was pasted, or uploaded under its name."""
    pasted = {"rules.toml": asked.rules, "categories.toml": asked.categories}
    given = {name: text.encode() for name, text in pasted.items() if text.strip()}
    for file in files:
        given["categories.toml" if "categor" in file.name.lower() else "rules.toml"] = file.content
    return given


def _shown(trial: RuleTrial, words: Words) -> ShownTrial:
    return ShownTrial(
        id=trial.id, state=trial.state, state_text=words.gettext(STATES[trial.state]),
        tried=words.gettext(TRIED[trial.tried]), against=words.gettext(AGAINST[trial.against]),
        period=_period(trial.days, words),
        asked=shown_time(trial.asked_at, words), percent=trial.percent, goes_on=trial.goes_on,
    )  # fmt: skip


def _period(days: int, words: Words) -> str:
    if days == 1:
        return words.gettext("det senaste dygnet")
    return words.gettext("de senaste %(n)s dagarna") % {"n": days}


def _sections(groups: list[Group], visit: Visit) -> list[tuple[str, list[ShownGroup]]]:
    """Return the groups by what changes."""
    found: dict[str, list[ShownGroup]] = {}
    for group in groups:
        heading = visit.words.gettext(COMPARED[group.difference.what])
        found.setdefault(heading, []).append(_group(group, visit))
    return list(found.items())


def _group(group: Group, visit: Visit) -> ShownGroup:
    what, numbers = group.difference.what, list(group.tickets.items())
    return ShownGroup(
        before=say_compared(what, group.difference.before, visit.site, visit.words),
        after=say_compared(what, group.difference.after, visit.site, visit.words),
        count=group.count,
        tickets=tuple(numbers[:MOST_TICKETS]),
        more=max(0, len(numbers) - MOST_TICKETS),
    )


def _fault(sentence: str, words: Words) -> ShownFault:
    where, wrong, is_english = say_fault(sentence, words)
    return ShownFault(where=where, wrong=wrong, is_english=is_english)
