"""Reasons in words: why a machine may or may not answer (domain.md 3.3, 3.7, 3.8; the account; rules)."""

from web.words import Words, mark

#: One sentence a row.
SENTENCES = {
    "3.3/1": mark("Avsändaren tar inte emot svar (tom returadress)"),
    "3.3/2": mark("Det är en leveransrapport"),
    "3.3/3": mark("Det är ett läskvitto"),
    "3.3/4": mark("Det är en anmälan om skräppost"),
    "3.3/5": mark("Avsändaren är ett e-postsystem eller en sändlista"),
    "3.3/6": mark("Avsändaren är en teknisk funktionsadress (postmaster, abuse)"),
    "3.3/7": mark("Avsändaren är en av våra egna adresser"),
    "3.3/8": mark("Meddelandet bär vårt eget märke mot svarsslingor"),
    "3.3/9": mark("Det är ett automatiskt svar på vår egen bekräftelse"),
    "3.3/10": mark("Meddelandet har kommit förut, eller gått runt för många gånger"),
    "3.3/11": mark("Meddelandet är trasigt: avsändare eller innehåll går inte att läsa"),
    "3.3/12": mark("Det finns ingen säker adress att svara till"),
    "3.3/13": mark("Det är märkt som ett automatiskt svar"),
    "3.3/14": mark("Det är märkt som en automatisk avisering"),
    "3.3/15": mark("Det är märkt som automatiskt skapat"),
    "3.3/16": mark("Inget märke om automatiskt meddelande"),
    "3.3/17": mark("Avsändaren ber om att slippa automatiska svar"),
    "3.3/18": mark("Avsändaren ber om att slippa frånvarobesked"),
    "3.3/19": mark("Avsändaren avböjer bara kvitton, inte svar"),
    "3.3/20": mark("Det kommer från en sändlista"),
    "3.3/21": mark("Det är märkt som massutskick"),
    "3.3/22": mark("Det bär ett autosvarsmärke"),
    "3.3/23": mark("Det bär spår av massutskick"),
    "3.3/24": mark("Ämnesraden ser ut som ett automatiskt svar"),
    "3.3/25": mark("Avsändaren läser inte svar (no-reply)"),
    "3.3/26": mark("Vår adress står inte bland mottagarna"),
    "3.3/27": mark("Samma meddelande kom till flera av våra konton; ett av dem svarar"),
    "3.3/28": mark("Meddelandet har många mottagare"),
    "3.3/29": mark("Avsändaren kan vara förfalskad"),
    "3.3/30": mark("Det bedömdes som skräppost"),
    "3.3/31": mark("Det har en farlig bilaga"),
    "3.3/32": mark("Adressen är spärrad för automatiska svar"),
    "3.3/33": mark("Avsändaren har nyligen fått ett automatiskt svar"),
    "3.3/34": mark("För många automatiska svar på kort tid"),
    "3.3/35": mark("En medarbetare har redan skrivit i samtalet"),
    "3.3/36": mark("En medarbetare har redan svarat"),
    "3.3/37": mark("Meddelandet var äldre än ett dygn när det hämtades"),
    "3.3/38": mark("Klockan, kalendern eller svarsmallen gick inte att använda"),
    "3.3/39": mark("Det är en kalenderinbjudan"),
    "3.3/40": mark("Det är reklam, nyhetsbrev eller inbjudan"),
    "3.3/41": mark("Det innehåller hot eller trakasserier"),
    "3.3/42": mark("Det gäller akut fara: ett särskilt svar med 112 går ut"),
    "3.3/43": mark("Ärendet är känsligt: svaret nämner inte vad det gäller"),
    "3.3/44": mark("Avsändaren är en kollega"),
    "3.3/45": mark("Inget talar emot ett automatiskt svar"),
    "3.7/1": mark("Avsändaren är ett namn eller kortnummer som inte tar emot svar"),
    "3.7/2": mark("Det är bara ett ord för att sluta eller börja få sms"),
    "3.7/3": mark("Numret kan inte nås med sms"),
    "3.7/4": mark("Numret hör till ett land vi inte skickar sms till"),
    "3.7/5": mark("Numret har nyligen fått ett svar, eller har ett öppet ärende"),
    "3.7/6": mark("Det är bara ett tack"),
    "3.7/7": mark("För många sms på kort tid"),
    "3.7/8": mark("Det ser ut som en engångskod, en paketavisering eller ett röstmeddelande"),
    "3.7/9": mark("Det gäller akut fara: ett sms med 112 går ut"),
    "3.7/10": mark("Inget talar emot ett sms som svar"),
    "3.8/1": mark("Direktmeddelande från det senaste dygnet: ett automatiskt svar får gå"),
    "3.8/2": mark("Mer än ett dygn sedan personen skrev: bara en medarbetare får svara"),
    "3.8/3": mark("Mer än en vecka sedan personen skrev: går inte att besvara här"),
    "3.8/4": mark("Sidan har själv skickat det"),
    "3.8/5": mark("Kommentar som alla kan läsa: bara en medarbetare svarar"),
    "3.8/6": mark("Känsliga uppgifter står öppet: dölj kommentaren och registrera den"),
    "3.8/7": mark("En medarbetare kan svara privat en gång, inom sju dagar"),
    "3.8/8": mark("En sida kommenterar, eller bara en dekal eller reaktion"),
    "3.8/9": mark("Sidan svarar redan själv enligt Metas inställningar"),
    "P14": mark("Kontot skickar inga automatiska svar ännu"),
    "P2": mark("Verksamheten hör till en annan organisation: ärendet stannar hos kontots egen"),
    "mode": mark("Medarbetarna svarar på annat håll för det här kontot"),
    "rule": mark("En regel säger att inget automatiskt svar ska gå"),
}

#: Rows that speak for a reply, or neither for nor against.
NOT_AGAINST = frozenset({"3.3/16", "3.3/19", "3.3/42", "3.3/43", "3.3/45", "3.7/9", "3.7/10", "3.8/1", "3.8/7", "P2"})


def say_row(row: str, words: Words) -> str:
    """Return the row's sentence; for a row we have no words for, its name."""
    sentence = SENTENCES.get(row)
    return words.gettext("Regel %(row)s") % {"row": row} if sentence is None else words.gettext(sentence)
