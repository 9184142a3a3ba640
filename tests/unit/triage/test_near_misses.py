"""What only sounds like danger does not alarm, and danger in the same words still does (domain.md 6.4)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.account import Channel
from domain.message import Message
from domain.site import Site
from settings.load import load
from triage.categories import classify
from triage.language import guess_language

EXAMPLE = Path("settings/example")

#: An ordinary message, and a danger, concern or threat in the same words.
PAIRS = (
    ("Elpriserna tar livet av oss småföretagare, finns det stöd?", "hyrorna är för höga så nu tar jag livet av mig"),
    ("Vi ska installera gaslarm i klubbstugan, krävs anmälan?", "gaslarmet tjuter och ingen svarar i lägenheten"),
    ("Vår brandvarnare saknar batteri. Vem byter det?", "Grannens brandvarnare tjuter och det luktar rök i trapphuset"),
    ("Kan ni skynda på mitt ärende? Jag har väntat i åtta veckor.", "Skynda på det brinner i källaren"),
    ("Endagsutbildning om hot, våld och bombhot för er personal.", "Jag har fått ett bombhot på jobbet efter kursen"),
    ("Jag gör ett skolarbete om självmord bland unga.", "En elev skrev i sitt skolarbete att hon vill ta livet av sig"),
    ("Grannens tupp borde skjutas, vilka regler gäller?", "Ni på socialen borde skjutas"),
    ("Ni har misshandlat häckarna längs vår gata.", "En man misshandlas just nu vid träden i parken"),
    ("Min far avled i juni, hur säger dödsboet upp lägenheten?", "Min fru dog i våras och jag vill inte leva längre"),
    ("För tre år sedan brann det i vår bastu, krävs bygglov?", "Det brann igår och nu brinner det igen"),
    ("I våras var min katt borta, tack för hjälpen!", "Mamma försvann i går kväll och är inte hemma, hon är dement"),
    ("Branden i fjol var en övning, när är nästa?", "Branden i fjol var en övning, nu brinner det i garaget"),
    ("Läxan handlar om branden 1888, har ni bilder?", "I läxan skriver hon om självmord och att hon vill dö"),
    ("Avain hukkui hiihtoladulle, onko se löytynyt?", "Poika hukkui järveen, tulkaa apuun"),
    ("Tapan aikaa kirjastossa, miksi siellä on kylmä?", "Tapan sinut jos tulet vielä kerran"),
    ("Palovaroitin piippaa, kuka vaihtaa pariston?", "Palovaroitin soi ja savua tulee ovesta"),
    ("Viime vuonna meillä oli tulipalo saunassa, tarvitaanko lupa?", "Mieheni kuoli viime vuonna enkä halua elää"),
    ("The band was the bomb, thank you for a great festival!", "the bomb is under your desk"),
    ("The new rents are killing our club, is there a grant?", "the rent is killing me and I want to die"),
    ("Our smoke alarm keeps beeping, the battery is low.", "smoke detector beeping and smoke under the door"),
    ("We had a fire last year, do we need a permit to rebuild?", "My wife died last year and I want to die"),
)


@pytest.fixture(scope="module")
def example() -> Site:
    """Give the example's configuration."""
    return load(EXAMPLE)


@pytest.mark.parametrize("text", [ordinary for ordinary, _ in PAIRS])
def test_what_only_sounds_like_danger_does_not_alarm(example: Site, text: str) -> None:
    assert not _alarms(example, text)


@pytest.mark.parametrize("text", [danger for _, danger in PAIRS])
def test_danger_in_the_same_words_alarms(example: Site, text: str) -> None:
    assert _alarms(example, text)


def _alarms(site: Site, text: str) -> bool:
    message = Message(channel=Channel.email, arrived_at=datetime(2026, 11, 24, 8, tzinfo=UTC), text=text)
    return classify(message, guess_language(text, site.triage), site.categories, site.triage).safety
