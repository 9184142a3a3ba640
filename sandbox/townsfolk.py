"""Townsfolk: invented citizens with invented addresses, never the same twice."""

import random
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: First and last names by the language they write in; invented, so that nobody is meant.
_NAMES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "sv": (
            ("Alva", "Bosse", "Cajsa", "Disa", "Egon", "Göta", "Hedda", "Ivar", "Jonna", "Måns", "Rut", "Sixten"),
            ("Tallvinge", "Björkrot", "Sjödimma", "Stenmossa", "Ängsport", "Kvarnhjul", "Åkerspets", "Lindknopp"),
        ),
        "fi": (
            ("Aino", "Eero", "Helmi", "Ilmari", "Kaisa", "Onni", "Siiri", "Väinö"),
            ("Esimerkkilä", "Koivukanto", "Järvisumu", "Mäntypuro", "Kaislatuuli"),
        ),
        "en": (("Alice", "Barney", "Grace", "Harvey"), ("Sampleton", "Fieldgate", "Millpond")),
        "ar": (("Amal", "Karim", "Noor"), ("Al-Mithal", "Al-Namudhaj")),
        "so": (("Hodan", "Liban", "Sahra"), ("Tusaale", "Tusmo")),
        "pl": (("Zofia", "Bartek", "Halina"), ("Przykładna", "Wzorek")),
        "uk": (("Oksana", "Taras", "Lesia"), ("Zrazok", "Pryklad")),
    }
)

#: Providers of private mailboxes; reserved names that lead nowhere (RFC 2606).
_PROVIDERS = ("brevlada.example", "hemposten.example", "snabbmejl.example")

_STREETS = (
    "Storgatan",
    "Kvarngatan",
    "Lindvägen",
    "Ågatan",
    "Björkstigen",
    "Skolgatan",
    "Stationsgatan",
    "Rönnvägen",
    "Slussgatan",
    "Hantverkargatan",
)


#: Of the numbers 070-174 06 05 to 99; those before it are the municipality's.
FIRST_PHONE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """Somebody who writes once."""

    name: str
    address: str
    street: str
    number: int
    #: The id at Facebook.
    person: str
    #: One of those that the Swedish authority keeps for fiction; two citizens may share one.
    phone: str


class Townsfolk:
    """Makes up citizens; the same seed makes up the same ones."""

    def __init__(self, seed: int) -> None:
        """Begin with nobody."""
        self._random = random.Random(seed)
        self._met = 0

    def meet(self, language: str) -> Citizen:
        """Return a new citizen; the name is Swedish when the language is not known here."""
        self._met += 1
        firsts, lasts = _NAMES.get(language, _NAMES["sv"])
        first, last = self._random.choice(firsts), self._random.choice(lasts)
        return Citizen(
            name=f"{first} {last}",
            address=f"{_ascii(first)}.{_ascii(last)}{self._met}@{self._random.choice(_PROVIDERS)}",
            street=self._random.choice(_STREETS),
            number=self._random.randint(1, 98),
            person=f"3{self._met:014d}",
            phone=f"+467017406{FIRST_PHONE + self._met % (100 - FIRST_PHONE)}",
        )


def _ascii(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.replace("ł", "l"))
    return decomposed.encode("ascii", "ignore").decode().lower()
