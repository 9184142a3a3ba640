"""Reply files: the site's own texts for citizens, in place of ours or beside them, refused when they are broken."""

from collections.abc import Iterator
from pathlib import Path

from domain.account import Channel
from domain.reply_choice import FALLBACK
from domain.reply_syntax import faults_of
from domain.reply_template import FILE_NAME, ReplyName, ReplyTemplate
from settings.faults import Fault, nearest
from settings.folder import Folder

#: Where they lie in the site folder.
FOLDER = "templates/replies"

#: Larger than any text that anybody should send (RFC 3834 section 2).
LARGEST_BYTES = 16_384


def read_replies(folder: Path) -> tuple[tuple[ReplyTemplate, ...], list[Fault]]:
    """Return the texts of a site folder that can be used, and every fault of the others."""
    texts: list[ReplyTemplate] = []
    faults: list[Fault] = []
    for path in sorted(each for each in (folder / FOLDER).rglob("[!.]*") if each.is_file()):
        where = path.relative_to(folder).as_posix()
        text, wrong = _read(path, where)
        faults += [Fault(where, "", "", sentence) for sentence in ([wrong] if wrong else [])]
        if text is None:
            continue
        found = faults_of(text)
        faults += [Fault(where, "", f"line {each.line}", f"{each.wrong}: {each.do}") for each in found]
        texts += [] if found else [text]
    return tuple(texts), faults


def rules_name_texts(folder: Folder, texts: tuple[ReplyTemplate, ...]) -> list[Fault]:
    """Return a fault for every rule whose template is none, or lacks a Swedish text for a channel in use."""
    return [*_named(folder, texts)]


def _named(folder: Folder, texts: tuple[ReplyTemplate, ...]) -> Iterator[Fault]:
    known = {str(name) for name in ReplyName}
    swedish = {(text.name, text.channel) for text in texts if text.language == FALLBACK}
    channels = {each.channel for each in (folder.accounts.value.accounts.values() if folder.accounts.value else ())}
    for number, rule in enumerate(folder.rules.value.rules if folder.rules.value else (), start=1):
        name = rule.then.template
        if name is None or name in known:
            continue
        table = f'rules no. {number} "{rule.id}".then'
        if name not in {text.name for text in texts}:
            yield Fault("rules.toml", table, "template", f'there is no reply "{name}"{nearest(name, known)}')
            continue
        for channel in sorted(set(rule.when.channels) & channels or channels):
            if (name, channel) not in swedish:
                wrong = f'"{name}" has no Swedish text for {channel}: write {FOLDER}/{channel}/{name}.{FALLBACK}.txt'
                yield Fault("rules.toml", table, "template", wrong)


def _read(path: Path, where: str) -> tuple[ReplyTemplate | None, str]:
    """Return the text of a file, or what is wrong with the file itself."""
    named = FILE_NAME.fullmatch(path.name)
    channel = next((each for each in Channel if where == f"{FOLDER}/{each}/{path.name}"), None)
    if named is None or channel is None:
        return None, "is no text for citizens: name it CHANNEL/NAME.LANGUAGE.txt, such as email/receipt.sv.txt"
    if path.stat().st_size > LARGEST_BYTES:
        return None, f"is larger than {LARGEST_BYTES} bytes: an automatic reply is short"
    try:
        # Byte for byte, so that its version is that of the file.
        source = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, f"is not UTF-8 (byte {error.start}): save it as UTF-8"
    return ReplyTemplate(channel=channel, name=named["name"], language=named["language"], source=source), ""
