"""The chat page: one learner's conversation beside what each answer rests on. The one place that imports gradio."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

# Gradio reads this when it is imported; set later, it would still report the first launch to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from gradio.events import api

from assistant.advise import Advice, Adviser, Conversation
from assistant.contract import advice_json, answer_markdown, escape_markdown
from assistant.reading import LONGEST_MESSAGE
from corpus.index import IndexProblem
from ui.fragments import jump_html, panel_html, status_html, welcome_html

TITLE = "Stack Advisor"
HEADER = f"""
<header class='sa-header'>
<h1>{TITLE}</h1>
<p class='sa-lead'>Find out which short courses fit your plans, what they count towards, and what they cost, before you pay.</p>
<p class='sa-not'>This is information to help you plan. It is not a registered careers adviser, and it never asks your name
or e-mail. The university or college decides what it accepts.</p>
</header>
"""

EXAMPLES = (
    "I work in a care home and have an SQA HNC. Which short courses count towards a nursing degree?",
    "30 ECTS in UK credits?",
    "Does my Google certificate count towards a degree?",
    "Free online bookkeeping course?",
    "I live in Cardiff. Can I get a loan for one module?",
)

AT_ONCE = 8
"""Turns worked on at the same time; further ones wait in the queue."""
WAITING = 200
"""Turns that may wait; beyond that a visitor is told that the page is busy."""

log = logging.getLogger(__name__)

Message = dict[str, Any]
Update = dict[Any, Any]


def serve(adviser: Adviser, host: str, port: int) -> None:
    """Serves the page until it is interrupted. Raises `OSError` if the port is taken, `IndexProblem` without an index."""
    # Opened before the first visitor comes: it takes a second, and several visitors at once must not each do it.
    adviser.shelf.current()
    launch(build(adviser), host, port)
    shown = f"[{host}]" if ":" in host else host
    print(f"Stack Advisor is at http://{shown}:{port}", flush=True)  # noqa: T201
    threading.Event().wait()


def launch(page: gr.Blocks, host: str, port: int) -> None:
    """Starts serving and returns once the page answers."""
    page.launch(
        server_name=host,
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        pwa=False,
        # Gradio would keep every run in the browser's storage, where the next person at the same computer finds it.
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        max_file_size=1,
        theme=_theme(),
        css=_beside("page.css"),
        head=f"<style>{_beside('outer.css')}</style><script>{_beside('page.js')}</script>",
    )


def build(adviser: Adviser) -> gr.Blocks:
    """The page over one adviser. What a visitor says lives in their own session only."""
    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        conversation = gr.State(Conversation())
        gr.HTML(HEADER)
        with gr.Row(elem_id="sa-main"):
            with gr.Column(elem_id="sa-talk"):
                chat = _chat()
                status = gr.HTML(elem_id="sa-status", js_on_load=None)
                with gr.Column(elem_id="sa-examples") as examples:
                    gr.HTML("<h2>Try one of these</h2>", js_on_load=None)
                    buttons = [gr.Button(text, elem_classes="sa-example") for text in EXAMPLES]
                with gr.Row(elem_id="sa-after"):
                    jump = gr.HTML(elem_id="sa-jump", js_on_load=None)
                    start_over = gr.Button("Start over", size="md", elem_id="sa-start-over")
                with gr.Row(elem_id="sa-composer"):
                    box = _box()
                    send = gr.Button("Send", variant="primary", size="md", elem_id="sa-send")
            with gr.Column(elem_id="sa-aside"):
                panel = gr.HTML(welcome_html(), elem_id="sa-panel", js_on_load=None)

        def respond(typed: str, shown: list[Message], before: Conversation, event: gr.EventData) -> Iterator[Update]:
            """One turn, from the box or from an example, with progress while it is worked on."""
            text = event.target.value if event.target in buttons else typed
            fault = unsendable(text)
            if fault is not None:
                yield {status: status_html(fault)}
                return
            shown = [*shown, _said("user", escape_markdown(text))]
            yield {chat: shown, box: "", examples: gr.Column(visible=False)}
            for step in worked(adviser, text, before):
                match step:
                    case str():
                        yield {status: status_html(step)}
                    case Advice():
                        answer = step.answer
                        yield {
                            chat: [*shown, _said("assistant", answer_markdown(answer))],
                            conversation: step.conversation,
                            status: status_html(),
                            panel: panel_html(answer),
                            jump: jump_html(answer),
                        }
                    case Exception():
                        log.error("a turn failed", exc_info=step)
                        yield {chat: [*shown, _said("assistant", sorry(step))], box: text, status: status_html()}

        def forget() -> Update:
            """The page as it was at first."""
            return {
                chat: [],
                box: "",
                conversation: Conversation(),
                status: status_html(),
                panel: welcome_html(),
                jump: "",
                examples: gr.Column(visible=True),
            }

        def ask(question: str) -> dict[str, Any]:
            """Answers one question by itself; the same object as `stack-advisor ask --json`."""
            try:
                return advice_json(adviser.advise(question))
            except IndexProblem as error:
                raise gr.Error(f"The index cannot be read; {error.remedy}.") from error

        parts = [box, chat, conversation, status, panel, jump, examples]
        turn = gr.on(
            [box.submit, send.click, *(button.click for button in buttons)],
            respond,
            [box, chat, conversation],
            parts,
            show_progress="hidden",
            trigger_mode="once",
            api_visibility="private",
        )
        turn.then(None, js="() => window.stackAdvisor.showAnswer()", api_visibility="private")
        gr.on(
            [start_over.click, chat.clear],
            forget,
            None,
            parts,
            cancels=[turn],
            show_progress="hidden",
            api_visibility="private",
        ).then(None, js="() => window.stackAdvisor.focusBox()", api_visibility="private")
        api(ask, api_name="ask", api_description="One question, answered by itself, as JSON.")
    page.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING)
    return page


def _beside(name: str) -> str:
    """A file of the page's own style or script; sent inside the page, so that nothing is fetched from elsewhere."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _theme() -> Any:
    """System fonts, so that nothing is fetched; every text and background pair reads at 4.5:1 or better."""
    return gr.themes.Base(neutral_hue="slate", radius_size="md", font=FONTS, font_mono=MONO_FONTS).set(**COLOURS)


def _chat() -> gr.Chatbot:
    return gr.Chatbot(
        label="Conversation",
        show_label=False,
        elem_id="sa-chat",
        height=None,
        autoscroll=False,
        layout="bubble",
        buttons=["copy"],
        feedback_options=None,
        allow_tags=False,
        latex_delimiters=[],
        allow_file_downloads=False,
        placeholder="Your conversation appears here.",
    )


def _box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        info=f"Up to {LONGEST_MESSAGE:,} characters. Enter sends, Shift and Enter starts a new line.",
        placeholder="Ask in your own words",
        elem_id="sa-box",
        lines=1,
        max_lines=8,
        autofocus=False,
        html_attributes=gr.InputHTMLAttributes(lang="en-GB", enterkeyhint="send", autocomplete="off"),
    )


def _said(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def unsendable(text: str) -> str | None:
    """Why a message is not sent yet, in words for its writer; `None` if it may go."""
    if not text.strip():
        return "Type a question first."
    if len(text) > LONGEST_MESSAGE:
        return (
            f"That is {len(text):,} characters, and I can read {LONGEST_MESSAGE:,} at a time. "
            "Please shorten it; it is still in the box."
        )
    return None


def worked(adviser: Adviser, text: str, before: Conversation) -> Iterator[str | Advice | Exception]:
    """What is being done, sentence by sentence, then the advice, or the exception that ended it."""
    told: SimpleQueue[str | Advice | Exception] = SimpleQueue()

    def work() -> None:
        try:
            told.put(adviser.advise(text, before, watch=told.put))
        except Exception as error:  # handed to the caller, who logs it and tells the visitor
            told.put(error)

    threading.Thread(target=work, name="turn", daemon=True).start()
    while True:
        step = told.get()
        yield step
        if not isinstance(step, str):
            return


def sorry(error: Exception) -> str:
    """What a visitor reads when a turn fails: no paths, no traceback."""
    if isinstance(error, IndexProblem):
        return (
            "**I cannot answer just now:** my index of courses and rules cannot be read. Your question is still in the box. "
            f"Whoever runs this page can mend it ({escape_markdown(error.remedy)})."
        )
    return (
        "**I could not answer that:** something went wrong on this side, and it has been noted. "
        "Your question is still in the box, so you can send it again."
    )


FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "Arial", "sans-serif"]
MONO_FONTS = ["ui-monospace", "Consolas", "Liberation Mono", "monospace"]

COLOURS = {
    "body_background_fill": "#f6f8f7",
    "body_background_fill_dark": "#0f171c",
    "background_fill_secondary": "#eef2f0",
    "background_fill_secondary_dark": "#131d23",
    "block_background_fill": "#ffffff",
    "block_background_fill_dark": "#1a262e",
    "input_background_fill": "#ffffff",
    "input_background_fill_dark": "#1a262e",
    "border_color_primary": "#cfd8d5",
    "border_color_primary_dark": "#34444e",
    "body_text_color": "#16232b",
    "body_text_color_dark": "#e9eff2",
    "body_text_color_subdued": "#4b5b66",
    "body_text_color_subdued_dark": "#a9b8c2",
    "block_info_text_color": "#4b5b66",
    "block_info_text_color_dark": "#a9b8c2",
    "input_placeholder_color": "#5d6c76",
    "input_placeholder_color_dark": "#93a3ae",
    "link_text_color": "#0a5f5b",
    "link_text_color_dark": "#74d6ca",
    "link_text_color_hover": "#064744",
    "link_text_color_hover_dark": "#a5e8df",
    "link_text_color_active": "#0a5f5b",
    "link_text_color_active_dark": "#74d6ca",
    "link_text_color_visited": "#0a5f5b",
    "link_text_color_visited_dark": "#74d6ca",
    "color_accent_soft": "#d9ecea",
    "color_accent_soft_dark": "#17393b",
    "button_primary_background_fill": "#0a5f5b",
    "button_primary_background_fill_dark": "#74d6ca",
    "button_primary_background_fill_hover": "#064744",
    "button_primary_background_fill_hover_dark": "#a5e8df",
    "button_primary_text_color": "#ffffff",
    "button_primary_text_color_dark": "#06211f",
}
