"""Small pieces of HTML that every part of the page is made of. Pure; whatever is put into them is escaped here."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

from ui.words import Words


def escape(text: str) -> str:
    """Text that shows as itself, between tags or in a quoted attribute."""
    return html.escape(text, quote=True)


def attributes(values: Mapping[str, object]) -> str:
    """Attributes with a space before each; `None` and False are left out, True is written bare."""
    written = (
        f" {name}" if value is True else f" {name}='{escape(str(value))}'"
        for name, value in values.items()
        if value is not None and value is not False
    )
    return "".join(written)


def link(url: str, words: str, w: Words) -> str:
    """A link that tells the other page nothing about ours; the words alone if the address is not http or https."""
    if not url.lower().startswith(("http://", "https://")):
        return escape(words)
    tab = hidden(f" ({w('panel.new_tab')})")
    return f"<a href='{escape(url)}' target='_blank' rel='noopener noreferrer nofollow'>{escape(words)}{tab}</a>"


def hidden(text: str) -> str:
    """Words for a screen reader only."""
    return f"<span class='sa-hidden'>{escape(text)}</span>"


def button(
    do: str, words: str, *, more: str = "", css: str = "sa-button", pressed: bool | None = None, **fields: object
) -> str:
    """A button that does something on this page (see `ui.deeds`). `more`: words that only a screen reader needs."""
    named = {"type": "button", "class": css, "data-do": do, **{f"data-{name}": value for name, value in fields.items()}}
    state = {} if pressed is None else {"aria-pressed": "true" if pressed else "false"}
    return f"<button{attributes({**named, **state})}>{escape(words)}{hidden(f' {more}') if more else ''}</button>"


def copy_button(of: str, words: str, w: Words, more: str = "") -> str:
    """A button that copies the nearest thing of a class; the script in `page.js` does it."""
    said = {"data-done": w("page.copied"), "data-by-hand": w("page.copy_by_hand")}
    named = attributes({"type": "button", "class": "sa-quiet", "data-copy": of, **said})
    return f"<button{named}>{escape(words)}{hidden(f' {more}') if more else ''}</button>"


def items(inside: Iterable[str]) -> str:
    """List items around HTML that is ready."""
    return "".join(f"<li>{item}</li>" for item in inside)


def sure(name: str, words: str, question: str, yes: str, w: Words) -> str:
    """A button that asks back before it does something that cannot be undone. The browser opens and closes the question."""
    box = f"sa-sure-{name}"
    cancel = f"<button type='button' class='sa-button' popovertarget='{box}' popovertargetaction='hide'>{escape(w('page.cancel'))}</button>"
    return (
        f"<button type='button' class='sa-quiet' popovertarget='{box}'>{escape(words)}</button>"
        f"<div popover id='{box}' class='sa-popover' role='dialog' aria-label='{escape(words)}'>"
        f"<p>{escape(question)}</p><div class='sa-row'>{button(name, yes, css='sa-button sa-strong')}{cancel}</div></div>"
    )
