"""Role: why somebody is told of an account, as a sentence to them (domain.md 7.7)."""

from domain.account import Account
from domain.person import Person
from domain.site import Site
from watch.responsible import ADMINISTRATOR

#: How who looks after the installation is named: known by an address alone.
TECHNICIAN = "Den som sköter Svarsvakt"


def say_role(site: Site, account: Account, reader: Person) -> str:
    """Return as what somebody is told of an account: its manager, who stands in, the next level, the administrator."""
    unit = site.unit(account.unit)
    manager = account.manager or unit.manager
    if reader.id == manager:
        return "Du är ansvarig chef."
    if reader.id == ADMINISTRATOR:
        return "Du får veta det eftersom du sköter Svarsvakt."
    if manager is None:
        return "Ingen ansvarig chef är utsedd, och du står närmast."
    named = site.person(manager)
    covers = {each.covered_by or named.deputy for each in named.absences}
    if reader.id in {account.deputy or unit.deputy, *covers}:
        return f"Du är ersättare för {named.name}, som är ansvarig chef."
    return f"Du är nästa nivå efter {named.name}, som är ansvarig chef."
