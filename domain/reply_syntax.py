"""Reply syntax: whether a template can be rendered at all, found before anybody waits for it.

A template says slots, asks `{% if slot %}`, and links; it calls, computes and reaches nothing else.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches

import jinja2
from jinja2 import nodes

from domain.account import Channel
from domain.reply_template import SLOTS, ReplyTemplate, TextFault, head_faults

#: What a link is written with: `{{ link("words", url) }}`.
LINK = "link"

SUBJECT = "Subject: "

#: A line in another language than the template's own begins so, such as `[fi] Suomeksi: …`.
OTHER_LANGUAGE = re.compile(r"\[(?P<language>[a-z]{2,3})\] ")

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Const, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip

_ENVIRONMENT = jinja2.Environment(autoescape=True)


def faults_of(template: ReplyTemplate) -> tuple[TextFault, ...]:
    """Return everything for which a template cannot be used, line by line."""
    if faults := head_faults(template):
        return faults
    try:
        tree = _ENVIRONMENT.parse(template.text)
    except jinja2.TemplateSyntaxError as error:
        do = 'write {{ slot }}, {% if slot %} … {% endif %} or {{ link("words", slot) }}'
        return (TextFault(file=template.file, line=error.lineno, wrong=_bare(error.message), do=do),)
    found = [*_shape(template), *_nodes(template, tree)]
    return tuple(sorted(found, key=lambda fault: fault.line))


def slots_of(template: ReplyTemplate) -> frozenset[str]:
    """Return the slots that a template without faults names."""
    tree = _ENVIRONMENT.parse(template.text)
    return frozenset(name.name for name in tree.find_all(nodes.Name)) - {LINK}


def _bare(message: str | None) -> str:
    return (message or "it cannot be read").rstrip(".")


def _shape(template: ReplyTemplate) -> Iterator[TextFault]:
    """Ask for a subject on the first line of an e-mail, and for none elsewhere."""
    lines = template.text.split("\n")
    first = next((number for number, line in enumerate(lines, start=1) if line.strip()), len(lines))
    has_subject = lines[first - 1].startswith(SUBJECT)
    if template.channel is Channel.email and not has_subject:
        do = f"begin the text with `{SUBJECT}…`"
        yield TextFault(file=template.file, line=first, wrong="the e-mail has no subject", do=do)
    if template.channel is not Channel.email and has_subject:
        do = "take the line out"
        yield TextFault(file=template.file, line=first, wrong=f"there is no subject in {template.channel}", do=do)
    if not "".join(lines[first if has_subject else first - 1 :]).strip():
        yield TextFault(file=template.file, line=first, wrong="the text is empty", do="write what is to be sent")


def _nodes(template: ReplyTemplate, tree: nodes.Template) -> Iterator[TextFault]:
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Name):
            if node.name != LINK and node.name not in SLOTS:
                yield _unknown_slot(template, node)
        elif isinstance(node, nodes.Call):
            if not _is_link(node):
                do = f'only {LINK}("words", url) can be called: take it out'
                yield TextFault(file=template.file, line=node.lineno, wrong="something else is called", do=do)
        elif not isinstance(node, _ALLOWED):
            wrong = f"a template cannot use {type(node).__name__.lower()}"
            do = "say slots as they are, and ask with {% if slot %}"
            yield TextFault(file=template.file, line=node.lineno, wrong=wrong, do=do)


def _is_link(call: nodes.Call) -> bool:
    plain = isinstance(call.node, nodes.Name) and call.node.name == LINK
    return plain and len(call.args) == 2 and not (call.kwargs or call.dyn_args or call.dyn_kwargs)


def _unknown_slot(template: ReplyTemplate, node: nodes.Name) -> TextFault:
    close = get_close_matches(node.name, SLOTS, n=1)
    do = f"did you mean `{close[0]}`" if close else f"there is {', '.join(SLOTS)}"
    return TextFault(file=template.file, line=node.lineno, wrong=f"there is no slot `{node.name}`", do=do)
