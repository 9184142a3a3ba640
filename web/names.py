"""Names: what the configuration and the pages call things. An id that is gone from the configuration names itself."""

from domain.account import AutoReply, Channel, Mode, Tier
from domain.category import ErrandType, Secrecy, Urgency
from domain.ids import AccountId, CategoryId, UnitId
from domain.reply_template import ReplyName
from domain.site import Site
from domain.viewer import Role
from web.words import Words, mark

CHANNELS = {Channel.email: mark("E-post"), Channel.sms: mark("SMS"), Channel.facebook: mark("Facebook")}

MODES = {
    Mode.queue: mark("Gemensam kö"),
    Mode.observe: mark("Besvaras på annat håll"),
    Mode.watch_only: mark("Bara bevakning"),
}

AUTO_REPLIES = {AutoReply.off: mark("Av"), AutoReply.shadow: mark("Skuggläge"), AutoReply.on: mark("På")}

TIERS = {
    Tier.contact_center: mark("kontaktcenter"),
    Tier.unit: mark("verksamhet"),
    Tier.employee: mark("medarbetare"),
}

URGENCIES = {
    Urgency.U0: mark("Akut"),
    Urgency.U1: mark("Brådskande"),
    Urgency.U2: mark("Vanlig"),
    Urgency.U3: mark("Kan vänta"),
}

SECRECIES = {
    Secrecy.SK0: mark("Öppet"),
    Secrecy.SK1: mark("Personuppgifter"),
    Secrecy.SK2: mark("Känsligt: syns bara för verksamheten"),
}

TYPES = {
    ErrandType.question: mark("Fråga"),
    ErrandType.complaint: mark("Klagomål"),
    ErrandType.praise: mark("Beröm"),
    ErrandType.suggestion: mark("Förslag"),
    ErrandType.report: mark("Felanmälan"),
    ErrandType.application: mark("Ansökan"),
    ErrandType.order: mark("Beställning"),
    ErrandType.records_request: mark("Begäran om allmän handling"),
    ErrandType.other: mark("Annat"),
}


ROLES = {
    Role.agent: mark("Handläggare i kontaktcentret"),
    Role.lead: mark("Leder kontaktcentret"),
    Role.unit_member: mark("Medarbetare i en verksamhet"),
    Role.manager: mark("Chef"),
    Role.registrar: mark("Registrator"),
    Role.administrator: mark("Administratör"),
}

#: The automatic replies that come with the product.
REPLIES = {
    ReplyName.receipt: mark("kvittensen"),
    ReplyName.receipt_closed: mark("kvittensen när det är stängt"),
    ReplyName.dormant: mark("svaret från ett vilande konto"),
    ReplyName.receipt_sensitive: mark("kvittensen för känsliga ärenden"),
    ReplyName.records_request: mark("svaret på begäran om allmän handling"),
    ReplyName.urgent: mark("svaret vid fara för liv"),
    ReplyName.not_ours: mark("hänvisningen till en annan ansvarig"),
    ReplyName.holding: mark("beskedet att det tar längre tid"),
    ReplyName.delay: mark("beskedet om fördröjning"),
    ReplyName.lines: mark("två korta rader"),
    ReplyName.urgent_lines: mark("två korta rader vid fara för liv"),
}


def reply_name(template: str, words: Words) -> str:
    """Return what an automatic reply is called; one of the site's own stands by its id."""
    return words.gettext(REPLIES[ReplyName(template)]) if template in list(ReplyName) else template


def unit_name(site: Site, id: UnitId) -> str:
    """Return a unit's name."""
    return next((unit.name for unit in site.units if unit.id == id), id)


def category_name(site: Site, id: CategoryId) -> str:
    """Return a category's name."""
    return next((category.name for category in site.categories if category.id == id), id)


def account_name(site: Site, id: AccountId) -> str:
    """Return an account's name."""
    return next((account.name for account in site.accounts if account.id == id), id)


def channel_name(id: str, words: Words) -> str:
    """Return what a channel is called."""
    return words.gettext(CHANNELS[Channel(id)]) if id in list(Channel) else id


def tier_name(id: str, words: Words) -> str:
    """Return who owes the answer."""
    return words.gettext(TIERS[Tier(id)]) if id in list(Tier) else id


def type_name(id: str, words: Words) -> str:
    """Return what the citizen wants done."""
    return words.gettext(TYPES[ErrandType(id)]) if id in list(ErrandType) else id


def urgency_name(id: str, words: Words) -> str:
    """Return how soon a person must act."""
    return words.gettext(URGENCIES[Urgency(id)]) if id in list(Urgency) else id


def secrecy_name(id: str, words: Words) -> str:
    """Return who may see it."""
    return words.gettext(SECRECIES[Secrecy(id)]) if id in list(Secrecy) else id
