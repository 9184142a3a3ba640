"""Templates: the lint of the texts for citizens, and a preview of one."""

import tempfile
import webbrowser
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.output import FAILED, JSON, console, errors_to_exit_codes, print_object
from cli.roots import site_or_example
from domain.account import Channel
from domain.errors import BadInput
from domain.site import Site
from domain.sms_text import segments
from outbox.lint import WHOLE_LANGUAGES, lint
from outbox.reply_text import Text, write_reply
from outbox.sample import sample_slots
from outbox.shelf import drafts, every_text
from settings.faults import nearest
from triage.language import guess_language
from worker import SystemClock


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The texts for citizens.", no_args_is_help=True)
    for command in (check, show):
        group.command()(errors_to_exit_codes(command))
    app.add_typer(group, name="templates")


def check(as_json: JSON = False) -> None:
    """Read every text for what plain and safe language asks; tell all faults at once, and which texts are drafts."""
    site = site_or_example()
    faults = lint(site, _now(), lambda text: guess_language(text, site.triage).code)
    if as_json:
        print_object({"faults": faults, "drafts": [text.file for text in drafts(site)]})
    else:
        for fault in faults:
            console.print(f"✗  {fault}", markup=False, soft_wrap=True)
        console.print(f"{_counted(faults)} in {len(list(every_text(site)))} texts.", markup=False)
        for sentence in say_drafts(site):
            console.print(sentence, markup=False, soft_wrap=True)
    if faults:
        raise typer.Exit(FAILED)


def say_drafts(site: Site) -> Iterator[str]:
    """Yield which texts wait for somebody to approve them, a line a language."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for text in drafts(site):
        waiting[text.language].append(f"{text.channel}/{text.name}")
    if waiting:
        yield "Drafts of texts, not sent before somebody who has the language as their own approves them:"
    for language, names in sorted(waiting.items()):
        yield f"  {language}: {', '.join(names)}"


def show(
    name: Annotated[str, typer.Argument(help="Such as receipt, urgent, delay.")],
    language: Annotated[str, typer.Option(help="The reader's language.")] = "sv",
    channel: Annotated[Channel, typer.Option(help="Where it goes.")] = Channel.email,
    html: Annotated[
        Path | None, typer.Option(help="Write the e-mail's HTML to this file; `-` opens it in the browser.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Show a text as it is sent, filled with sample values; drafts too."""
    site, now = site_or_example(), _now()
    text = _text(site, name, language, channel, now)
    where = _written_html(text, html) if html is not None else None
    if as_json:
        print_object(_as_object(text, name, channel, where))
        return
    if text.subject:
        print(f"Subject: {text.subject}\n")
    print(text.body.rstrip("\n"))
    console.print(f"\n{_summary(text, channel)}", markup=False, soft_wrap=True)
    if where:
        console.print(f"HTML: {where}", markup=False, soft_wrap=True)


def _now() -> datetime:
    return SystemClock().now()


def _counted(faults: tuple[Any, ...]) -> str:
    return f"{len(faults) or 'No'} fault{'' if len(faults) == 1 else 's'}"


def _text(site: Site, name: str, language: str, channel: Channel, now: datetime) -> Text:
    """Write the text with drafts taken for approved, so that whoever approves one sees it first."""
    texts = [text for text in every_text(site) if text.channel is channel]
    names = {text.name for text in texts}
    if name not in names:
        raise BadInput(f"there is no text {name} for {channel}{nearest(name, names)}")
    known = {text.language for text in texts} | set(WHOLE_LANGUAGES)
    if language not in known:
        raise BadInput(f"no text is in {language}, and Swedish is sent: there is {', '.join(sorted(known))}")
    return write_reply(replace(site, send_drafts=True), channel, name, language, sample_slots(site, now))


def _written_html(text: Text, path: Path) -> str:
    if not text.html:
        raise BadInput("only an e-mail has HTML: leave --html out, or say --channel email")
    if str(path) != "-":
        path.write_text(text.html, encoding="utf-8")
        return str(path)
    with tempfile.NamedTemporaryFile("w", suffix=".html", prefix="svarsvakt-", encoding="utf-8", delete=False) as file:
        file.write(text.html)
    webbrowser.open(Path(file.name).as_uri())
    return file.name


def _as_object(text: Text, name: str, channel: Channel, where: str | None) -> dict[str, Any]:
    counted = segments(text.body)
    sms = {"encoding": counted.encoding, "units": counted.units, "parts": counted.parts}
    return {
        "name": name,
        "channel": channel,
        "languages": text.languages,
        "draft": text.is_draft,
        "version": text.version,
        "subject": text.subject,
        "text": text.body,
        "html": text.html,
        "html_file": where,
        "sms": sms if channel is Channel.sms else None,
    }


def _summary(text: Text, channel: Channel) -> str:
    counted = segments(text.body)
    parts = f", {counted.units} {counted.encoding} in {counted.parts} SMS" if channel is Channel.sms else ""
    return f"({', '.join(text.languages)}; {'a draft' if text.is_draft else 'approved'}; version {text.version}{parts})"
