"""An answer as stored -> plain text for people to edit. Pure."""

from __future__ import annotations

from ui.saved_turns import Json


def plain(advice: Json) -> str:
    """Sentences with the numbers of their sources, who to ask what, and the list of sources with date and address."""
    numbers = {source["id"]: str(place) for place, source in enumerate(advice["evidence"], start=1)}
    lines = [_claim(claim, numbers) for claim in advice["claims"]]
    lines += [f"Ask {other['who']}: “{other['question']}”" for other in advice["ask_others"]]
    lines += [*advice["questions"], *advice["notices"]]
    sources = [
        f"[{numbers[source['id']]}] {source['title']} ({_dated(source)}). {source['url']}"
        for source in advice["evidence"]
    ]
    return "\n\n".join(filter(None, ["\n\n".join(lines), "\n".join(["Sources", *sources]) if sources else ""]))


def _claim(claim: Json, numbers: dict[str, str]) -> str:
    cited = " ".join(f"[{numbers[name]}]" for name in claim["citations"])
    return f"{claim['text']} {cited}".strip()


def _dated(source: Json) -> str:
    return f"as of {source['as_of']}" if source["as_of"] else "page undated"
