"""A small site folder that is right in everything, for tests to break in one place at a time."""

from pathlib import Path

import pytest

from domain.errors import SettingsFaults
from settings.load import load

FILES = {
    "site.toml": """
name = "Exempelby"
contact_center = "kontaktcenter"
alert_sender = "svarsvakt@exempelby.example"

[alert_smtp]
host = "smtp.exempelby.example"

[organisations.exempelby]
name = "Exempelby kommun"
domains = ["exempelby.example"]
contact = "08-465 004 00"
privacy_url = "https://www.exempelby.example/personuppgifter"

[organisations.vatten]
name = "Vatten AB"
domains = ["vatten.example"]
contact = "08-465 004 20"
privacy_url = "https://www.vatten.example/personuppgifter"

[mail]
message_id_domain = "exempelby.example"
form_senders = { "formular@exempelby.example" = "Reply-To" }

[run]
poll_every = "30s"
""",
    "units.toml": """
[units.kontaktcenter]
name = "Kontaktcenter"
organisation = "exempelby"
schedule = "kc"
manager = "elin"
deputy = "noel"

[units.bygg]
name = "Bygg"
organisation = "exempelby"
schedule = "kc"
manager = "elin"

[people.elin]
name = "Elin"
email = "elin@exempelby.example"

[people.noel]
name = "Noel"
email = "noel@exempelby.example"
""",
    "hours.toml": """
[calendar]
closed_days = [2027-05-07]

[schedules.kc]
name = "Kontaktcenter"
weekly = { mon-thu = ["08:00-12:00", "13:00-17:00"], fri = ["08:00-16:00"] }
half_day_closes = "13:00"
exceptions = [{ first = 2026-07-01, last = 2026-07-31, spans = ["09:00-12:00"], why = "sommartid" }]
""",
    "service_levels.toml": """
[email.contact_center]
notice = "1h"
answer = "1 working day"

[email.unit]
notice = "1 working day"
answer = "1 working day"

[email.employee]
notice = "2 working days"
answer = "2 working days"

[sms.contact_center]
notice = "1min"
answer = "24h clock"

[sms.unit]
notice = "1h"
answer = "1 working day"

[facebook.contact_center]
notice = "1h"
answer = "1 working day"

[facebook.unit]
notice = "1 working day"
answer = "1 working day"

[handling_times.bygg]
answer = "10 working days"
owner = "elin"
review_by = 2027-06-30
""",
    "accounts.toml": """
[accounts.kontaktcenter]
name = "Kontaktcenter"
organisation = "exempelby"
unit = "kontaktcenter"
channel = "email"
address = "Kontaktcenter@exempelby.example"
aliases = ["info@exempelby.example"]
tier = "contact_center"
imap = { host = "imap.exempelby.example", secret = "mail-kontaktcenter" }
smtp = { host = "smtp.exempelby.example", user = "kontaktcenter", secret = "mail-kontaktcenter" }

[accounts.bygg]
name = "Bygg"
organisation = "exempelby"
unit = "bygg"
channel = "email"
address = "bygg@exempelby.example"
auto_reply = "on"
smtp = { host = "127.0.0.1", security = "none" }

[accounts.elin]
name = "Elin"
organisation = "exempelby"
unit = "kontaktcenter"
channel = "email"
address = "elin@exempelby.example"
tier = "employee"
mode = "watch_only"
auto_reply = "off"

[accounts.sms]
name = "Sms"
organisation = "exempelby"
unit = "kontaktcenter"
channel = "sms"
address = "+46701740605"
tier = "contact_center"

[accounts.sida]
name = "Sidan"
organisation = "exempelby"
unit = "bygg"
channel = "facebook"
address = "100000000000001"
manager = "elin"
schedule = "kc"
""",
    "categories.toml": """
[categories.bygg]
name = "Bygglov"
unit = "bygg"
words.sv.strong = ["bygglov*"]
words.sv.weak = ["altan*"]
words.fi.plain = ["rakennuslup*"]
not_words.sv = ["byggnadsställning*"]
examples.sv = ["Får jag sätta upp ett skjul?"]

[categories.oklart]
name = "Oklart"
kind = "handling"
unit = "kontaktcenter"
secrecy = "SK1"
""",
    "rules.toml": """
[[rules]]
id = "natt"
why = "Nattetid tittar ingen."
note = true
when = { channels = "sms", open = false }
then = { urgency = "U1" }

[[rules]]
id = "bygg"
when = { categories = ["bygg"], accounts = "kontaktcenter", headers = { name = "X-Formular", contains = "bygg" } }
then = { unit = "bygg", template = "receipt" }
""",
}


def write_town(folder: Path) -> Path:
    """Write the small site into the folder and return it."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def swap(folder: Path, file: str, old: str, new: str) -> None:
    """Replace one text of one file; the old one must be there."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> tuple[str, ...]:
    """Return what is wrong with the folder; it must be something."""
    with pytest.raises(SettingsFaults) as caught:
        load(folder)
    return caught.value.faults
