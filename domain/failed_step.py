"""Failed steps: what went wrong on the way to an account, in Swedish, as a manager can pass it on."""

#: By the step of `Unreachable`. Alerts, findings and pages say it with these words; the connector's own English
#: sentence is for the command line.
FAILED_STEPS = {
    "name": "serverns namn går inte att slå upp",
    "tcp": "servern svarar inte",
    "tls": "den krypterade förbindelsen misslyckas",
    "token": "vi får ingen giltig inloggningsnyckel (token)",
    "sign_in": "inloggningen nekas",
    "folder": "inkorgen går inte att öppna",
    "page": "sidan är inte längre kopplad till appen",
    "permission": "kontot saknar behörighet",
    "quota": "brevlådan är full",
    "busy": "leverantören ber oss vänta",
    "down": "leverantörens tjänst ligger nere",
    "protocol": "servern svarar på ett sätt som inte går att förstå",
}

#: What stands there for a step that nobody has put into words.
UNKNOWN_STEP = "vi vet inte varför"


def say_failed_step(step: str) -> str:
    """Return what went wrong, in Swedish."""
    return FAILED_STEPS.get(step, UNKNOWN_STEP)
