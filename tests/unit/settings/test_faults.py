"""A fault test per kind of fault: one file broken at a time, and several together."""

from pathlib import Path

import pytest

from domain.errors import BadInput
from settings.load import load
from tests.unit.settings.town import FILES, faults_of, swap

#: What is broken, and the one sentence that must come of it.
ONE_FAULT = {
    "an unknown key": (
        ("units.toml", 'manager = "elin"\ndeputy', 'menager = "elin"\ndeputy'),
        'units.toml [units.kontaktcenter] menager: is not a setting here; did you mean "manager"?',
    ),
    "an unknown key within a table within a table": (
        ("accounts.toml", 'smtp = { host = "127.0.0.1",', 'smtp = { hots = "x", host = "127.0.0.1",'),
        'accounts.toml [accounts.bygg.smtp] hots: is not a setting here; did you mean "host"?',
    ),
    "an unknown table": (
        ("site.toml", "[run]", "[runn]"),
        'site.toml runn: is not a setting here; did you mean "run"?',
    ),
    "an unknown key of a condition": (
        ("rules.toml", 'categories = ["bygg"]', 'category = ["bygg"]'),
        'rules.toml [rules no. 2 "bygg".when] category: is not a setting here; did you mean "categories"?',
    ),
    "an unknown key of a category's words": (
        ("categories.toml", "words.sv.strong", "words.sv.stark"),
        "categories.toml [categories.bygg.words.sv] stark: is not a setting here; there is plain, strong, weak.",
    ),
    "a missing key": (
        ("accounts.toml", 'channel = "sms"\n', ""),
        "accounts.toml [accounts.sms] channel: is missing.",
    ),
    "a missing table": (
        (
            "site.toml",
            '[mail]\nmessage_id_domain = "exempelby.example"\n'
            'form_senders = { "formular@exempelby.example" = "Reply-To" }\n',
            "",
        ),
        "site.toml mail: is missing.",
    ),
    "a value that is none of those allowed": (
        ("accounts.toml", 'mode = "watch_only"', 'mode = "watchonly"'),
        "accounts.toml [accounts.elin] mode: 'watchonly' is not one of queue, observe, watch_only; "
        'did you mean "watch_only"?',
    ),
    "a number where text belongs": (
        ("units.toml", 'name = "Bygg"', "name = 5"),
        "units.toml [units.bygg] name: must be text in quotes.",
    ),
    "a text where a number belongs": (
        ("accounts.toml", 'smtp = { host = "127.0.0.1",', 'smtp = { host = "127.0.0.1", port = "smtp",'),
        "accounts.toml [accounts.bygg.smtp] port: must be a whole number.",
    ),
    "a number out of bounds": (
        ("site.toml", "[run]", "[run]\nconnections_per_host = 0"),
        "site.toml [run] connections_per_host: 0 must be greater than or equal to 1.",
    ),
    "a text where a table belongs": (
        ("accounts.toml", 'smtp = { host = "127.0.0.1", security = "none" }', 'smtp = "127.0.0.1"'),
        "accounts.toml [accounts.bygg] smtp: must be a table.",
    ),
    "a date in quotes that is none": (
        ("service_levels.toml", "review_by = 2027-06-30", 'review_by = "sommaren"'),
        "service_levels.toml [handling_times.bygg] review_by: must be a date, such as 2026-12-24.",
    ),
    "a date with a time of day": (
        ("hours.toml", "first = 2026-07-01", "first = 2026-07-01T08:00:00"),
        "hours.toml [schedules.kc.exceptions no. 1] first: must be a date without a time, such as 2026-12-24.",
    ),
    "a number without end": (
        ("site.toml", "[run]", "[triage]\nthreshold = inf\n[run]"),
        "site.toml [triage] threshold: inf cannot be used: Input should be a finite number.",
    ),
    "an id with a capital letter": (
        ("units.toml", "[units.bygg]", "[units.BYGG]\nname='B'\norganisation='exempelby'\nschedule='kc'\n[units.bygg]"),
        "units.toml [units.BYGG]: 'BYGG' is not an id: use a to z, digits, - and _.",
    ),
    "a duration that is none": (
        ("site.toml", '"30s"', '"ofta"'),
        'site.toml [run] poll_every: \'ofta\' is no duration: write "60s", "30min", "24h" or "7 days".',
    ),
    "a target that is none": (
        ("service_levels.toml", '"1min"', '"1 minute"'),
        'service_levels.toml [sms.contact_center] notice: \'1 minute\' is no target: write "1min", "1h", '
        '"2 working days", "6 weeks" or "24h clock".',
    ),
    "spans that overlap": (
        ("hours.toml", '"13:00-17:00"', '"11:30-17:00"'),
        "hours.toml [schedules.kc.weekly] mon-thu: 08:00-12:00 and 11:30-17:00 overlap.",
    ),
    "a span that ends before it begins": (
        ("hours.toml", '"13:00-17:00"', '"17:00-13:00"'),
        "hours.toml [schedules.kc.weekly] mon-thu: '17:00-13:00' ends before it begins.",
    ),
    "a span of an hour that does not exist": (
        ("hours.toml", '"13:00-17:00"', '"13:00-24:00"'),
        "hours.toml [schedules.kc.weekly] mon-thu: '24:00' is no time of day: "
        'write "08:00" (the last one of a day is "23:59").',
    ),
    "a day that does not exist": (
        ("hours.toml", "fri =", "fre ="),
        "hours.toml [schedules.kc.weekly]: 'fre' is no day of the week; did you mean \"fri\"?",
    ),
    "a day that is named twice": (
        ("hours.toml", "fri =", "thu ="),
        "hours.toml [schedules.kc.weekly]: thu is named twice, the second time by 'thu'.",
    ),
    "days that run backwards": (
        ("hours.toml", "mon-thu =", "thu-mon ="),
        "hours.toml [schedules.kc.weekly]: 'thu-mon' runs backwards: write the earlier day first, as in \"mon-thu\".",
    ),
    "an exception that ends before it begins": (
        ("hours.toml", "last = 2026-07-31", "last = 2026-06-30"),
        "hours.toml [schedules.kc.exceptions no. 1]: last lies before first.",
    ),
    "an unknown unit": (
        ("accounts.toml", 'unit = "bygg"', 'unit = "byg"'),
        'accounts.toml [accounts.bygg] unit: there is no unit "byg"; did you mean "bygg"?',
    ),
    "an unknown organisation": (
        ("units.toml", 'organisation = "exempelby"', 'organisation = "exemplby"'),
        'units.toml [units.kontaktcenter] organisation: there is no organisation "exemplby"; did you mean "exempelby"?',
    ),
    "an unknown person": (
        ("units.toml", 'deputy = "noel"', 'deputy = "zz"'),
        'units.toml [units.kontaktcenter] deputy: there is no person "zz"; there is elin, noel.',
    ),
    "an unknown schedule": (
        ("accounts.toml", 'schedule = "kc"', 'schedule = "kcc"'),
        'accounts.toml [accounts.sida] schedule: there is no schedule "kcc"; did you mean "kc"?',
    ),
    "an unknown contact center": (
        ("site.toml", 'contact_center = "kontaktcenter"', 'contact_center = "kontaktcentrum"'),
        'site.toml contact_center: there is no unit "kontaktcentrum"; did you mean "kontaktcenter"?',
    ),
    "an unknown category of a handling time": (
        ("service_levels.toml", "[handling_times.bygg]", "[handling_times.bygge]"),
        'service_levels.toml [handling_times.bygge]: there is no category "bygge"; did you mean "bygg"?',
    ),
    "a category of an unknown unit": (
        ("categories.toml", 'unit = "kontaktcenter"', 'unit = "kontaktcente"'),
        'categories.toml [categories.oklart] unit: there is no unit "kontaktcente"; did you mean "kontaktcenter"?',
    ),
    "a rule of an unknown category": (
        ("rules.toml", 'categories = ["bygg"]', 'categories = ["bygga"]'),
        'rules.toml [rules no. 2 "bygg".when] categories no. 1: there is no category "bygga"; did you mean "bygg"?',
    ),
    "a rule of an unknown account": (
        ("rules.toml", 'accounts = "kontaktcenter"', 'accounts = "kontaktcent"'),
        'rules.toml [rules no. 2 "bygg".when] accounts: there is no account "kontaktcent"; '
        'did you mean "kontaktcenter"?',
    ),
    "a rule to an unknown unit": (
        ("rules.toml", 'unit = "bygg"', 'unit = "bygge"'),
        'rules.toml [rules no. 2 "bygg".then] unit: there is no unit "bygge"; did you mean "bygg"?',
    ),
    "two rules of one id": (
        ("rules.toml", 'id = "bygg"', 'id = "natt"'),
        'rules.toml [rules no. 2] id: "natt" is already the id of rule no. 1.',
    ),
    "a note that binds": (
        ("rules.toml", 'then = { urgency = "U1" }', 'then = { unit = "bygg" }'),
        'rules.toml [rules no. 1 "natt"]: a note only adds (urgency, no_reply, needs_a_look, tags, notify_at_once): '
        "take out unit.",
    ),
    "a pattern that could hang": (
        ("rules.toml", 'accounts = "kontaktcenter"', "patterns = '(a)\\1'"),
        "rules.toml [rules no. 2 \"bygg\".when] patterns: '(a)\\\\1' holds an escape that RE2 does not know, "
        "such as a back-reference \\1.",
    ),
    "a star alone": (
        ("rules.toml", 'accounts = "kontaktcenter"', 'words = "gas * luktar"'),
        "rules.toml [rules no. 2 \"bygg\".when] words: 'gas * luktar' holds a * alone: write it at the end or "
        'beginning of a word, such as "snöröj*".',
    ),
    "a sender that is no address": (
        ("rules.toml", 'accounts = "kontaktcenter"', 'senders = "exempel.se"'),
        'rules.toml [rules no. 2 "bygg".when] senders: \'exempel.se\' is no address: write "anna@example.se", '
        '"@example.se" for a whole domain, or a number.',
    ),
    "sizes that nothing has": (
        ("rules.toml", 'accounts = "kontaktcenter"', "larger_than_kb = 9, smaller_than_kb = 9"),
        'rules.toml [rules no. 2 "bygg".when]: nothing is larger than larger_than_kb and smaller than '
        "smaller_than_kb: change one.",
    ),
    "attachments and none": (
        ("rules.toml", 'accounts = "kontaktcenter"', 'attachments = "*.pdf", has_attachment = false'),
        'rules.toml [rules no. 2 "bygg".when]: asks for attachments and for none: take one of attachments and '
        "has_attachment out.",
    ),
    "somebody on duty outside the house": (
        ("site.toml", 'contact_center = "kontaktcenter"', 'contact_center = "kontaktcenter"\non_duty = "a@b.example"'),
        "site.toml on_duty: 'a@b.example' lies outside our domains (exempelby.example, vatten.example; R60).",
    ),
    "two tables of one id": (
        ("units.toml", "[units.bygg]", "[units.kontaktcenter]"),
        "units.toml: is not TOML: Cannot declare ('units', 'kontaktcenter') twice (at line 9, column 21).",
    ),
    "an address that two accounts claim": (
        ("accounts.toml", '"bygg@exempelby.example"', '"INFO@exempelby.example"'),
        "accounts.toml [accounts.bygg] address: 'INFO@exempelby.example' is already an address of \"kontaktcenter\".",
    ),
    "a domain that two organisations claim": (
        ("site.toml", '["vatten.example"]', '["exempelby.example"]'),
        "site.toml [organisations.vatten] domains: 'exempelby.example' already belongs to \"exempelby\".",
    ),
    "an address outside its organisation's domains": (
        ("accounts.toml", '"bygg@exempelby.example"', '"bygg@vatten.example"'),
        "accounts.toml [accounts.bygg] address: 'bygg@vatten.example' lies outside the domains of exempelby "
        "(exempelby.example; R60).",
    ),
    "a manager's address outside every domain": (
        ("units.toml", "noel@exempelby.example", "noel@annan.example"),
        "units.toml [people.noel] email: 'noel@annan.example' lies outside our domains "
        "(exempelby.example, vatten.example; R60).",
    ),
    "an address of mail that is none": (
        ("accounts.toml", '"bygg@exempelby.example"', '"bygg.exempelby.example"'),
        "accounts.toml [accounts.bygg] address: 'bygg.exempelby.example' is not an e-mail address.",
    ),
    "a person's address that is none": (
        ("units.toml", "noel@exempelby.example", "noel"),
        "units.toml [people.noel] email: 'noel' is not an e-mail address.",
    ),
    "a number in national form": (
        ("accounts.toml", "+46701740605", "0701740605"),
        "accounts.toml [accounts.sms] address: '0701740605' is not a number in international form: "
        'write "+46701740605".',
    ),
    "a page by its name": (
        ("accounts.toml", "100000000000001", "exempelby"),
        "accounts.toml [accounts.sida] address: 'exempelby' is not a page id: it has digits only.",
    ),
    "an account of another organisation's unit": (
        (
            "accounts.toml",
            'organisation = "exempelby"\nunit = "kontaktcenter"\nchannel = "sms"',
            'organisation = "vatten"\nunit = "kontaktcenter"\nchannel = "sms"',
        ),
        'accounts.toml [accounts.sms] unit: "kontaktcenter" belongs to exempelby, the account to vatten.',
    ),
    "an employee on social media": (
        ("accounts.toml", 'channel = "facebook"', 'channel = "facebook"\ntier = "employee"'),
        "accounts.toml [accounts.sida] tier: employees have no target on social media (R22): "
        "use contact_center or unit.",
    ),
    "a target for employees on social media": (
        (
            "service_levels.toml",
            "[facebook.unit]",
            '[facebook.employee]\nnotice = "1h"\nanswer = "1h"\n[facebook.unit]',
        ),
        "service_levels.toml [facebook.employee]: employees have no target on social media (R22): take it out.",
    ),
    "a channel in use without its targets": (
        ("service_levels.toml", '[sms.unit]\nnotice = "1h"\nanswer = "1 working day"\n', ""),
        'service_levels.toml [sms.unit]: is missing, and the account "sms" needs it: give notice and answer.',
    ),
    "watch_only off the mail": (
        ("accounts.toml", 'channel = "sms"', 'channel = "sms"\nmode = "watch_only"'),
        "accounts.toml [accounts.sms] mode: watch_only reads the flags of a mailbox: use it for e-mail only.",
    ),
    "automatic replies of a watch_only account": (
        ("accounts.toml", 'auto_reply = "off"', 'auto_reply = "on"'),
        "accounts.toml [accounts.elin] auto_reply: a watch_only account is never read, so it cannot answer: use off.",
    ),
    "automatic replies without a way out": (
        ("accounts.toml", 'smtp = { host = "127.0.0.1", security = "none" }', ""),
        "accounts.toml [accounts.bygg] auto_reply: a mailbox without an smtp table cannot send: "
        "add one, or use shadow.",
    ),
    "a mailbox of a page": (
        ("accounts.toml", 'channel = "facebook"', 'channel = "facebook"\nsmtp = { host = "smtp.exempelby.example" }'),
        "accounts.toml [accounts.sida] smtp: an account on facebook has no mailbox: take the table out.",
    ),
    "a connection in the clear": (
        ("accounts.toml", '"127.0.0.1"', '"smtp.exempelby.example"'),
        'accounts.toml [accounts.bygg.smtp] security: "none" sends passwords in the clear to '
        "smtp.exempelby.example: use tls or starttls.",
    ),
    "a user without a secret": (
        ("accounts.toml", ', secret = "mail-kontaktcenter" }\n\n', " }\n\n"),
        "accounts.toml [accounts.kontaktcenter.smtp] secret: is missing: a user needs one, or an oauth table.",
    ),
    "an account whose alerts reach nobody": (
        ("units.toml", 'schedule = "kc"\nmanager = "elin"\n\n', 'schedule = "kc"\n\n'),
        "accounts.toml [accounts.bygg] manager: nobody would get its alerts (R56): name a manager here, in its unit, "
        "or an escalation in its organisation.",
    ),
    "a unit's deputy who is its manager": (
        ("units.toml", 'deputy = "noel"', 'deputy = "elin"'),
        "units.toml [units.kontaktcenter] deputy: is the manager as well: name somebody else.",
    ),
    "an account's deputy who is its manager": (
        ("accounts.toml", 'manager = "elin"', 'manager = "noel"\ndeputy = "noel"'),
        "accounts.toml [accounts.sida] deputy: is the manager as well: name somebody else, or leave it out.",
    ),
    "alerts without a sender": (
        ("site.toml", 'alert_sender = "svarsvakt@exempelby.example"\n', ""),
        "site.toml alert_sender: is missing: alerts leave by [alert_smtp] and need a sender.",
    ),
    "a lease that runs out before the account's way out does": (
        ("accounts.toml", 'smtp = { host = "127.0.0.1",', 'smtp = { host = "127.0.0.1", timeout_seconds = 180,'),
        "site.toml [run] handing_over_lease: must be longer than timeout_seconds = 180 of accounts.toml "
        "[accounts.bygg.smtp].",
    ),
    "a lease that runs out before the way out of alerts does": (
        ("site.toml", "[alert_smtp]", "[alert_smtp]\ntimeout_seconds = 200"),
        "site.toml [run] handing_over_lease: must be longer than timeout_seconds = 200 of site.toml [alert_smtp].",
    ),
    "alerts in the clear": (
        ("site.toml", 'host = "smtp.exempelby.example"', 'host = "smtp.exempelby.example"\nsecurity = "none"'),
        'site.toml [alert_smtp] security: "none" sends passwords in the clear to smtp.exempelby.example: '
        "use tls or starttls.",
    ),
    "a week whose dates run backwards": (
        ("hours.toml", "weekly = { mon", "weekly = { valid_from = 2027-01-01, valid_to = 2026-01-01, mon"),
        "hours.toml [schedules.kc.weekly]: valid_to lies before valid_from.",
    ),
    "an empty list where something must stand": (
        ("site.toml", '["vatten.example"]', "[]"),
        "site.toml [organisations.vatten] domains: must not be empty.",
    ),
    "an empty text": (
        ("units.toml", 'name = "Bygg"', 'name = " "'),
        "units.toml [units.bygg] name: must not be empty.",
    ),
    "no category for what is unclear": (
        ("categories.toml", "[categories.oklart]", "[categories.oklar]"),
        "categories.toml [categories.oklart]: is missing: what is unclear goes there.",
    ),
    "a password in the settings": (
        ("accounts.toml", 'secret = "mail-kontaktcenter" }', 'secret = "x", password = "sommar-2026" }'),
        "accounts.toml [accounts.kontaktcenter.imap] password: is not a setting: no secret stands in these files; "
        'name it with secret = "…" and keep it in the environment or the secrets folder.',
    ),
    "a password in the place of its name": (
        ("accounts.toml", 'secret = "mail-kontaktcenter" }', 'secret = "Sommar 2026!" }'),
        "accounts.toml [accounts.kontaktcenter.imap] secret: is not the name of a secret: use a to z, digits and -, "
        "and never the secret itself.",
    ),
    "a mistake in the TOML": (
        ("hours.toml", "[schedules.kc]", "[schedules.kc"),
        "hours.toml: is not TOML: Expected ']' at the end of a table declaration (at line 5, column 14).",
    ),
}


def test_the_small_town_has_no_fault(town: Path) -> None:
    assert load(town).name == "Exempelby"


@pytest.mark.parametrize("broken", ONE_FAULT)
def test_one_thing_broken_is_one_sentence(town: Path, broken: str) -> None:
    (file, old, new), sentence = ONE_FAULT[broken]

    swap(town, file, old, new)

    assert faults_of(town) == (sentence,)


def test_faults_of_three_files_are_shown_together(town: Path) -> None:
    swap(town, "units.toml", 'name = "Noel"', 'nam = "Noel"')
    swap(town, "hours.toml", '"13:00-17:00"', '"11:30-17:00"')
    swap(town, "accounts.toml", 'unit = "bygg"', 'unit = "byg"')

    faults = faults_of(town)

    assert faults == (
        "units.toml [people.noel] name: is missing.",
        'units.toml [people.noel] nam: is not a setting here; did you mean "name"?',
        "hours.toml [schedules.kc.weekly] mon-thu: 08:00-12:00 and 11:30-17:00 overlap.",
        'accounts.toml [accounts.bygg] unit: there is no unit "byg"; did you mean "bygg"?',
    )


def test_a_fault_hides_no_other_fault_of_the_same_table(town: Path) -> None:
    swap(town, "accounts.toml", '"bygg@exempelby.example"', '"bygg@vatten.example"\nunti = "x"')
    swap(town, "accounts.toml", 'unit = "bygg"', 'unit = "byg"')

    faults = faults_of(town)

    assert [fault.split(": ")[0] for fault in faults] == [
        "accounts.toml [accounts.bygg] unti",
        "accounts.toml [accounts.bygg] unit",
        "accounts.toml [accounts.bygg] address",
    ]


@pytest.mark.parametrize("file", FILES)
def test_a_broken_file_is_not_blamed_on_those_that_refer_to_it(town: Path, file: str) -> None:
    (town / file).write_text("= nothing", encoding="utf-8")

    assert faults_of(town) == (f"{file}: is not TOML: Invalid statement (at line 1, column 1).",)


def test_a_missing_file_is_named(town: Path) -> None:
    (town / "rules.toml").unlink()

    assert faults_of(town) == ("rules.toml: the file is missing.",)


def test_a_misspelt_file_is_not_passed_over(town: Path) -> None:
    (town / "accounts.toml").rename(town / "acounts.toml")

    assert faults_of(town)[:2] == (
        'acounts.toml: is not a settings file; did you mean "accounts.toml"?',
        "accounts.toml: the file is missing.",
    )


def test_a_file_in_another_encoding_is_named(town: Path) -> None:
    (town / "units.toml").write_bytes('name = "Förskola"'.encode("latin-1"))

    assert faults_of(town) == ("units.toml: the file is not UTF-8 (byte 9): save it as UTF-8.",)


def test_a_folder_in_the_place_of_a_file_is_named(town: Path) -> None:
    (town / "rules.toml").unlink()
    (town / "rules.toml").mkdir()

    assert faults_of(town) == ("rules.toml: the file cannot be read (Is a directory).",)


def test_an_account_out_of_use_needs_nobody_to_tell(town: Path) -> None:
    swap(town, "accounts.toml", 'auto_reply = "on"', 'status = "closed"')
    swap(town, "units.toml", 'schedule = "kc"\nmanager = "elin"\n\n', 'schedule = "kc"\n\n')

    assert load(town).accounts[1].status == "closed"


def test_an_organisation_s_escalation_is_somebody_to_tell(town: Path) -> None:
    swap(town, "units.toml", 'schedule = "kc"\nmanager = "elin"\n\n', 'schedule = "kc"\n\n')
    swap(town, "site.toml", 'contact = "08-465 004 00"', 'contact = "08-465 004 00"\nescalation = "noel"')

    assert load(town).organisations[0].escalation == "noel"


def test_an_alias_may_keep_an_old_domain(town: Path) -> None:
    swap(town, "accounts.toml", '["info@exempelby.example"]', '"info@gamla.example"')

    assert "info@gamla.example" in load(town).accounts[0].addresses


def test_an_editor_s_byte_order_mark_is_no_fault(town: Path) -> None:
    text = (town / "units.toml").read_text(encoding="utf-8")
    (town / "units.toml").write_text(text, encoding="utf-8-sig")

    assert load(town).units


def test_a_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist: `svarsvakt init"):
        load(tmp_path / "nowhere")


def test_a_file_is_no_folder(town: Path) -> None:
    with pytest.raises(BadInput, match="is a file, not a folder"):
        load(town / "site.toml")


def test_no_fault_shows_a_password(town: Path) -> None:
    swap(town, "accounts.toml", 'secret = "mail-kontaktcenter" }', 'secret = "Hemlig 1", password = "Hemlig 2" }')

    assert "Hemlig" not in "\n".join(faults_of(town))
