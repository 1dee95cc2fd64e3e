"""What leaves the desk: the draft of an answer, the record of advice in its forms, the letter, the hand-over packet. Pure."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from assistant.saved import read_conversation
from corpus.catalogue import Catalogue
from ui import export
from ui.caseload import Case, Draft
from ui.deed import Parcel
from ui.plain_answer import plain
from ui.saved_turns import Json

KINDS = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "json": "application/json",
    "html": "text/html",
    "letter": "application/pdf",
    "packet": "application/zip",
}


def draft_text(advice: Json) -> str:
    """An answer as plain text, sources and all, for an adviser to put into their own words."""
    return plain(advice)


def record_of_case(
    case: Case, adviser: str, catalogue: Catalogue, made: datetime.date, program: str
) -> export.AdviceRecord:
    """The record of a case: its turns, what is known, and what the adviser adds. Raises `ValueError` for a conversation
    that cannot be read."""
    profile: Mapping[str, Any] = {}
    if case.conversation is not None:
        profile = read_conversation(case.conversation).profile.to_json()
    return export.record_of(
        [export.Exchange(turn.message, turn.advice) for turn in case.turns],
        profile,
        made=made,
        program=program,
        titles=export.titles_of(catalogue),
        desk=desk_of(case, adviser, catalogue),
        conversation=case.conversation,
    )


def desk_of(case: Case, adviser: str, catalogue: Catalogue) -> export.Desk:
    """Notes, plan, exceptions in force, and the advice as the adviser reviewed it last."""
    reviewed = [draft for draft in case.drafts if draft.reviewed is not None]
    return export.Desk(
        notes=tuple(f"{note.written:%-d %B %Y}, {adviser}: {note.text}" for note in case.notes),
        actions=tuple(
            export.Action(
                f"{action.what}{f' (done {action.done:%-d %B %Y})' if action.done else ''}",
                action.who,
                None if action.due is None else f"{action.due:%-d %B %Y}",
            )
            for action in case.actions
        ),
        exemptions=tuple(
            export.Exemption(
                f"{one.item}, towards {title_of(one.award_id, catalogue)}", decision_words(one), one.reason
            )
            for one in case.exceptions
            if one.withdrawn is None
        ),
        edited=newest(reviewed),
    )


def newest(drafts: list[Draft]) -> str | None:
    return drafts[-1].text if drafts else None


def title_of(award_id: str, catalogue: Catalogue) -> str:
    award = catalogue.award(award_id)
    return "an award we no longer hold" if award is None else f"{award.title}, {award.provider}"


def decision_words(one: Any) -> str:
    """ "Accepted as 20 UK credits at level 4", "Refused"."""
    if one.decision == "refuse":
        return "Refused"
    size = f" as {one.credits} UK credits" if one.credits else ""
    level = f" at level {one.level}" if one.level else ""
    return f"Accepted{size}{level}"


def parcel_of(
    kind: str, case: Case, adviser: str, catalogue: Catalogue, made: datetime.date, program: str
) -> Parcel | None:
    """A file to download; `None` for a kind there is not. Its name holds the day and never the label."""
    if kind not in KINDS:
        return None
    record = record_of_case(case, adviser, catalogue, made, program)
    stem = f"advice-{made.isoformat()}"
    match kind:
        case "packet":
            return Parcel(f"handover-{made.isoformat()}.zip", KINDS[kind], packet(record, stem))
        case "letter":
            return Parcel(f"letter-{made.isoformat()}.pdf", KINDS[kind], export.letter_pdf(export.letter(record)))
        case _:
            return Parcel(f"{stem}.{kind}", KINDS[kind], FORMS[kind](record))


FORMS: Mapping[str, Any] = {
    "pdf": export.to_pdf,
    "csv": lambda record: b"\xef\xbb\xbf" + export.to_csv(record).encode(),  # so that Excel reads it as UTF-8
    "json": lambda record: export.to_json(record).encode(),
    "html": lambda record: export.to_html(record).encode(),
}


def packet(record: export.AdviceRecord, stem: str) -> bytes:
    """Everything for whoever takes the case over: the record with notes and plan in four forms, and the letter in two."""
    letter = export.letter(record)
    files = {f"{stem}.{kind}": make(record) for kind, make in FORMS.items()}
    files |= {"letter.pdf": export.letter_pdf(letter), "letter.txt": letter.text().encode()}
    files["READ-ME.txt"] = READ_ME.format(made=record.made.isoformat(), stem=stem).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(name, (*record.made.timetuple()[:3], 0, 0, 0)), content)
    return out.getvalue()


READ_ME = """Hand-over packet, made on {made}.

{stem}.pdf    the record of advice, with the adviser's notes, action plan and exceptions
{stem}.html   the same as a web page that needs nothing else
{stem}.csv    the same as a table
{stem}.json   the same for programs; Stack Advisor can go on from it
letter.pdf, letter.txt    a letter to the university or college, with blanks to fill in

It holds no name unless somebody wrote one. Keep it as you keep other records about clients.
"""
