"""Twilio's error codes that a contact center meets, in plain Swedish.

Source: Twilio's list of error codes; domain.md 2.10.
"""

CODES = {
    20003: "inloggningen nekas",
    20404: "det som efterfrågas finns inte",
    20429: "för många frågor på en gång",
    21211: "numret finns inte",
    21212: "avsändarnumret finns inte",
    21408: "sms till det landet är inte påslaget hos Twilio",
    21601: "avsändarnumret kan inte skicka sms",
    21602: "meddelandet saknar text",
    21604: "mottagare saknas",
    21606: "avsändarnumret är inte kommunens",
    21610: "mottagaren har avsagt sig sms (STOP)",
    21611: "för många sms väntar på att gå från numret",
    21612: "vägen till numret är inte öppen",
    21614: "numret kan inte ta emot sms",
    21617: "texten är för lång",
    30001: "för många sms väntade",
    30002: "kontot hos Twilio är avstängt",
    30003: "telefonen går inte att nå",
    30004: "mottagaren blockerar sms",
    30005: "numret är okänt eller används inte längre",
    30006: "numret är en fast telefon eller går inte att nå",
    30007: "operatören stoppade meddelandet",
    30008: "okänt fel hos operatören",
    30010: "priset är högre än vad som är tillåtet",
    57012: "avsändarnamnet är inte godkänt",
}

#: Codes by which Twilio asks us to wait.
THROTTLED = frozenset({20429, 21611})

#: Codes that say of the number itself that no SMS will ever reach it.
NEVER = frozenset({21211, 21614, 30005, 30006})

#: Codes after which no automatic SMS can reach the number until its owner asks for it.
OPTED_OUT = frozenset({21610})


def why(code: int | None) -> str:
    """Return what a code means, in Swedish."""
    return CODES.get(code or 0, "okänt fel hos Twilio")
