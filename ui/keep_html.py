"""The view "Keep": downloads, the letter, the private link, sharing with an adviser, and being forgotten. Pure."""

from __future__ import annotations

from ui.markup import attributes, button, copy_button, escape, sure
from ui.session import Kept, Session
from ui.store import Share
from ui.words import Words

DOWNLOADS = ("pdf", "html", "csv", "json")


def keep_html(session: Session, w: Words, *, storing: bool, keep_days: int) -> str:
    """The whole view. `storing`: whether anything can be stored here."""
    has = bool(session.turns)
    nothing = f"<p class='sa-unstated'>{escape(w('keep.nothing_yet'))}</p>"
    parts = [
        _part("download", w("keep.download"), w("keep.download_intro"), _downloads(w) if has else nothing),
        _part("letter", w("keep.letter"), w("keep.letter_intro"), _letter(w)) if has else "",
        _part("link", w("keep.save"), w("keep.save_intro"), _link(session.kept, w, keep_days)) if storing else "",
        _part("share", w("keep.share"), w("keep.share_intro"), _share(session.kept, w)) if storing else "",
        _part("open", w("keep.open_file"), w("keep.open_intro"), _open(w)),
        _part("forget", w("keep.forget"), w("keep.forget_intro"), _forget(w)),
    ]
    return f"<h2>{escape(w('keep.title'))}</h2>{''.join(parts)}"


def _part(name: str, title: str, intro: str, inside: str) -> str:
    return (
        f"<section aria-labelledby='sa-keep-{name}'><h3 id='sa-keep-{name}'>{escape(title)}</h3>"
        f"<p class='sa-small'>{escape(intro)}</p>{inside}</section>"
    )


def _downloads(w: Words) -> str:
    made = (button("download", w.of("keep", form), form=form) for form in DOWNLOADS)
    return f"<div class='sa-row'>{''.join(made)}</div>"


def _letter(w: Words) -> str:
    named = attributes({"id": "sa-university", "name": "university", "maxlength": 120, "autocomplete": "off"})
    return (
        f"<form class='sa-form' data-do='letter'><label for='sa-university'>{escape(w('keep.letter_to'))}</label>"
        f"<input{named}><button type='submit' class='sa-button'>{escape(w('keep.letter_get'))}</button></form>"
    )


def _link(kept: Kept | None, w: Words, keep_days: int) -> str:
    if kept is None:
        days = escape(w("keep.save_days", n=keep_days))
        return f"<div class='sa-row'>{button('keep', w('keep.save'))}</div><p class='sa-small'>{days}</p>"
    address = f"#key={kept.key}"
    shown = (
        f"<a class='sa-link' href='{escape(address)}' data-link='{escape(address)}'>{escape(w('keep.save_link'))}</a>"
    )
    until = w("keep.save_until", date=f"{kept.until:%d/%m/%Y}")
    return (
        f"<div class='sa-copyable sa-row'>{shown}{copy_button('sa-link', w('keep.save_link_copy'), w)}</div>"
        f"<p>{escape(w('keep.save_link_warning'))}</p><p class='sa-small'>{escape(until)}</p>"
    )


def _share(kept: Kept | None, w: Words) -> str:
    code = "" if kept is None or kept.code is None else _code(kept.code, w)
    shares = "" if kept is None else "".join(_one_share(share, w) for share in kept.shares if share.adviser is not None)
    look = "" if kept is None or not kept.shares else button("look", w("keep.look"), css="sa-quiet")
    advice = "" if kept is None else "".join(_advice(one.adviser, one.text, w) for one in kept.advice)
    return f"{code}{shares}{advice}<div class='sa-row'>{button('share', w('keep.share_make'))}{look}</div>"


def _code(code: str, w: Words) -> str:
    return (
        f"<div class='sa-card sa-copyable'><p class='sa-label'>{escape(w('keep.share_code'))}</p>"
        f"<p class='sa-code'>{escape(code)}</p>{copy_button('sa-code', w('page.copy'), w)}</div>"
    )


def _one_share(share: Share, w: Words) -> str:
    writes = share.agreed is not None
    may = button(
        "agree",
        w("keep.share_read_only" if writes else "keep.share_agree"),
        share=share.id,
        write="no" if writes else "yes",
    )
    stop = button("withdraw", w("keep.share_stop"), css="sa-quiet", share=share.id)
    reads = w("keep.share_writes" if writes else "keep.share_reads", adviser=share.adviser)
    return f"<div class='sa-card'><p>{escape(reads)}</p><div class='sa-row'>{may}{stop}</div></div>"


def _advice(adviser: str, text: str, w: Words) -> str:
    return (
        f"<article class='sa-card'><h4>{escape(w('keep.from_adviser', adviser=adviser))}</h4>"
        f"<p class='sa-written'>{escape(text)}</p></article>"
    )


def _open(w: Words) -> str:
    named = attributes({"type": "file", "id": "sa-open", "accept": ".json,application/json", "data-file": "open"})
    return f"<div class='sa-form'><label for='sa-open'>{escape(w('keep.open_label'))}</label><input{named}></div>"


def _forget(w: Words) -> str:
    return sure("forget", w("keep.forget"), w("keep.forget_sure"), w("keep.forget_yes"), w)
