"""The event log in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.events import Event
from web.times import ShownTime, shown_time
from web.words import Words, mark

KINDS = {
    "decided": mark("Sorterat"),
    "answered": mark("Svar skrivet"),
    "send_undone": mark("Taget tillbaka innan det skickades"),
    "sent": mark("Svar skickat"),
    "settled_went": mark("Avgjort: svaret gick"),
    "settled_again": mark("Avgjort: svaret skickas igen"),
    "notice_met": mark("Beskedet är givet"),
    "answer_met": mark("Svaret är givet"),
    "answer_seen": mark("Besvarat i brevlådan"),
    "window_closing": mark("Tiden att svara i Messenger är snart ute"),
    "comment_hidden": mark("Kommentaren döljs"),
    "message_edited": mark("Den som skrev har ändrat sin text"),
    "message_withdrawn": mark("Den som skrev har tagit bort sin text: den finns kvar här"),
    "answer_held": mark("Ny tid för svaret"),
    "answer_asked_again": mark("Ny fråga efter svaret"),
    "notice_late": mark("Beskedet blev sent"),
    "answer_late": mark("Svaret blev sent"),
    "holding_queued": mark("Förklaring om längre tid läggs i utkorgen"),
    "holding_asked": mark("Besked om längre tid"),
    "holding_withheld": mark("Ingen förklaring om längre tid skickas"),
    "due_recomputed": mark("Löftet räknades om"),
    "reopened": mark("Öppnat igen"),
    "send_failed": mark("Svaret gick inte att skicka, nytt försök görs"),
    "send_refused": mark("Svaret togs inte emot"),
    "send_uncertain": mark("Osäkert om svaret kom fram"),
    "send_cancelled": mark("Svaret stoppades innan det skickades"),
    "reply_bounced": mark("Svaret kom inte fram"),
    "alert_bounced": mark("Larmet kom inte fram"),
    "answer_bounced": mark("Svaret från en medarbetare kom inte fram"),
    "answer_not_met": mark("Svaret nådde inte fram: löftet om svar gäller igen"),
    "file_too_large": mark("En fil är för stor och finns kvar hos leverantören"),
    "file_gone": mark("En fil gick inte att hämta"),
    "notice_not_met": mark("Beskedet nådde inte fram: löftet om besked gäller igen"),
    "address_suppressed": mark("Adressen får inga fler automatiska svar"),
    "opted_out": mark("Numret har avsagt sig sms"),
    "opted_in": mark("Numret tar emot sms igen"),
    "delay_announced": mark("Besked om försening"),
    "call_opened": mark("Kan inte vänta: den som har jour söks"),
    "call_answered": mark("Någon har tagit det som inte kunde vänta"),
    "call_given_up": mark("Larmet avslutades: kontot eller verksamheten finns inte längre"),
    "call_withdrawn": mark("Ett larm som inte hade gått togs tillbaka"),
    "notified": mark("Larm till den som har jour"),
    "nobody_to_notify": mark("Ingen att larma: ingen har jour, och verksamheten har ingen chef"),
    "sensitive_read": mark("Öppnat"),
    "taken": mark("Taget"),
    "released": mark("Släppt"),
    "handed_over": mark("Överlämnat"),
    "noted": mark("Anteckning"),
    "looked_at": mark("Tittat på"),
    "closed": mark("Avslutat"),
    "routed_again": mark("Ändrat verksamhet eller kategori"),
    "registration_set": mark("Registrering ändrad"),
    "infected_taken": mark("Skadlig fil nedladdad"),
    "unchecked_taken": mark("Ej kontrollerad fil nedladdad"),
    "merged": mark("Ihopslaget"),
    "taken_apart": mark("Taget isär"),
    "split": mark("Uppdelat"),
    "forwarded": mark("Vidarebefordrat"),
    "forward_answered": mark("Svar på det vidarebefordrade har kommit"),
    "forward_unanswered": mark("Inget svar på det vidarebefordrade"),
    "signed_in": mark("Inloggad"),
    "signed_out": mark("Utloggad"),
    "sign_in_failed": mark("Fel lösenord"),
    "code_failed": mark("Fel engångskod"),
    "session_ended": mark("Inloggning avslutad"),
    "codes_begun": mark("Engångskoder börjar användas"),
    "codes_ended": mark("Engångskoder slutar användas"),
    "spare_code_used": mark("Reservkod använd"),
    "user_added": mark("Ny användare"),
    "user_renamed": mark("Användare har fått nytt namn"),
    "user_closed": mark("Användare avstängd"),
    "user_opened": mark("Användare släppt in igen"),
    "rights_changed": mark("Ändrad behörighet"),
    "log_read": mark("Loggen läst"),
    "trial_begun": mark("Regler provas på tidigare meddelanden"),
    "trial_stopped": mark("Prov av regler stoppat"),
    "set_aside_to_queue": mark("Lagt i kön efter genomgång"),
    "set_aside_spam": mark("Genomgånget: skräp"),
    "set_aside_read": mark("Originalet öppnat av det som lagts åt sidan"),
    "set_aside_seen": mark("Genomgånget: rätt lagt åt sidan"),
    "activated": mark("Nya inställningar gäller"),
    "activation_refused": mark("Nya inställningar togs inte emot"),
    "received": mark("Meddelande hämtat"),
    "observed": mark("Något hände i brevlådan"),
    "reconciled": mark("Kontot stämt av"),
    "webhook_refused": mark("Ett anrop utan rätt underskrift avvisat"),
    "finding_opened": mark("Ny iakttagelse"),
    "finding_sharpened": mark("Iakttagelsen blev allvarligare"),
    "finding_acknowledged": mark("Iakttagelsen kvitterad"),
    "finding_closed": mark("Iakttagelsen är över"),
    "alerted": mark("Chefen larmad"),
    "alert_escalated": mark("Larmet gick vidare"),
    "digest_queued": mark("Sammanställning till chefen"),
    "digest_unwritten": mark("Sammanställningar kunde inte skrivas"),
    "canary_unsent": mark("Kontrollmejlet gick inte att skicka"),
    "address_released": mark("Adressen får automatiska svar igen"),
    "replies_resumed": mark("Automatiska svar släppta igen"),
}

#: Who says what people of the organisation's account may do.
PROVIDER = "identity provider"

#: Steps of the flow; whoever else acts is a user.
MACHINES = frozenset(
    {PROVIDER, "receive", "decide", "outbox", "watch", "hold", "observe", "delivery", "webhook", "tell", "reconcile"}
    | {"canary", "system"}
)


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One line of the log."""

    time: ShownTime
    text: str


def events_of(arrived_at: datetime, events: Sequence[Event], words: Words) -> tuple[ShownEvent, ...]:
    """Return what happened to a ticket, oldest first, from its arrival on."""
    arrival = _line(arrived_at, words.gettext("Kom in"), words)
    return (arrival, *(_line(event.at, say_event(event, words), words) for event in events))


def say_event(event: Event, words: Words) -> str:
    """Return what happened, to whom where it was done to somebody, and who did it where a person did."""
    text = words.gettext(KINDS[event.kind]) if event.kind in KINDS else event.kind
    if event.details.get("user"):
        names = [event.details[key] for key in ("was", "user") if key in event.details]
        text = f"{text}: {' → '.join(names)}"
    if event.actor in MACHINES:
        return text
    return words.gettext("%(what)s av %(who)s") % {"what": text, "who": event.actor.removeprefix("user/")}


def _line(at: datetime, text: str, words: Words) -> ShownEvent:
    return ShownEvent(shown_time(at, words), text)
