"""Load a site folder: TOML in, Site out, with every fault at once."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from domain.alerting import SecondWay
from domain.canary import CanarySettings
from domain.errors import SettingsFaults
from domain.ids import UnitId
from domain.site import Site
from settings.checks import cross_faults
from settings.faults import Fault
from settings.folder import FILES, Folder, read_folder, strangers
from settings.parsed import Model, Parsed
from settings.reply_files import read_replies, rules_name_texts


def load(folder: Path) -> Site:
    """Return the configuration of a site folder.

    Raises:
        SettingsFaults: everything that is wrong in any of its files, one sentence each.
        BadInput: there is no such folder.
    """
    read = read_folder(folder)
    faults = [fault for each in read.files for fault in each.faults]
    texts, text_faults = read_replies(folder)
    _raise(faults + strangers(folder) + cross_faults(read) + text_faults + rules_name_texts(read, texts))
    return replace(_site(read), reply_texts=texts)


def _raise(faults: Iterable[Fault]) -> None:
    """Raise the faults, if there are any, each said once, file by file."""
    order = list(FILES)
    told = dict.fromkeys(sorted(faults, key=lambda fault: order.index(fault.file) if fault.file in order else -1))
    if told:
        raise SettingsFaults(tuple(str(fault) for fault in told))


def _right(parsed: Parsed[Model]) -> Model:
    assert parsed.value is not None, f"{parsed.file} has no fault and no value"
    return parsed.value


def _site(read: Folder) -> Site:
    site, units, hours = _right(read.site), _right(read.units), _right(read.hours)
    levels = _right(read.service_levels)
    return Site(
        name=site.name,
        contact_center=UnitId(site.contact_center),
        organisations=tuple(each.to_domain(id) for id, each in site.organisations.items()),
        units=tuple(each.to_domain(id) for id, each in units.units.items()),
        people=tuple(each.to_domain(id) for id, each in read.everybody.items()),
        schedules=tuple(each.to_domain(id) for id, each in hours.schedules.items()),
        accounts=tuple(each.to_domain(id) for id, each in _right(read.accounts).accounts.items()),
        calendar=hours.calendar.to_domain(),
        service_levels=levels.to_levels(),
        handling_times=tuple(each.to_domain(id) for id, each in levels.handling_times.items()),
        holding=levels.holding.to_domain(),
        form_notice=levels.forms.notice if levels.forms else None,
        categories=_right(read.categories).to_domain(),
        rules=_right(read.rules).to_domain(),
        phrases=tuple(each.to_domain(id) for id, each in _right(read.answers).phrases.items()),
        mail=site.mail.to_domain(),
        alert_smtp=site.alert_smtp.to_domain() if site.alert_smtp else None,
        second_way=SecondWay(
            smtp=site.second_smtp.to_domain() if site.second_smtp else None,
            sms=site.alert_sms.to_way() if site.alert_sms else None,
        ),
        alerts=site.alerts.to_domain(),
        duty=site.duty.to_domain(),
        signal=site.signal.to_domain(),
        alert_sender=site.alert_sender or "",
        sms=site.sms.to_domain(),
        on_duty=site.on_duty,
        administrator=site.administrator or "",
        public_address=site.public_address or "",
        triage=site.triage.to_domain(),
        brakes=site.brakes.to_domain(),
        answers=site.answers.to_domain(),
        watch=site.watch.to_domain(),
        follow_ups=site.follow_ups.to_domain(),
        run=site.run.to_domain(),
        crawl=site.crawl.to_domain(),
        canary=site.canary.to_domain() if site.canary else CanarySettings(),
        sign_in=site.sign_in.to_domain(),
        identity=site.identity.to_domain() if site.identity else None,
    )
