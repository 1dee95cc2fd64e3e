"""The chat page: one learner's conversation beside what each answer rests on. The one place that imports gradio."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

# Gradio reads this when it is imported; set later, it would still report the first launch to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from gradio.events import api

from assistant.advise import Advice, Adviser, Conversation
from assistant.reading import LONGEST_MESSAGE
from corpus.index import IndexProblem
from ui.fragments import jump_html, panel_html, status_html, welcome_html
from ui.render import advice_json, answer_markdown, escape_markdown

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
    adviser.shelf.library()
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
        css=STYLE,
        head=f"<style>{OUTER_STYLE}</style><script>{SCRIPT}</script>",
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

SCRIPT = """
document.documentElement.lang = 'en-GB';
(() => {
  const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
  const show = (element) => element?.scrollIntoView({behavior: calm() ? 'auto' : 'smooth', block: 'start'});
  const box = () => document.querySelector('#sa-box textarea');
  window.stackAdvisor = {
    showAnswer() {
      const asked = document.querySelectorAll('#sa-chat .user-row');
      show(asked[asked.length - 1]);
    },
    focusBox() { box()?.focus(); },
  };
  async function copy(button) {
    const question = button.parentElement.querySelector('.sa-question');
    let done = true;
    try {
      await navigator.clipboard.writeText(question.textContent);
    } catch {
      getSelection().selectAllChildren(question);
      done = document.execCommand('copy');
    }
    const words = button.innerHTML;
    button.textContent = done ? 'Copied' : 'Selected: press Ctrl and C to copy';
    setTimeout(() => { button.innerHTML = words; }, 2500);
  }
  // A live region is heard only if it was there before its words: so the role is on the part that stays.
  const ready = () => document.querySelector('#sa-status')?.setAttribute('role', 'status') ?? setTimeout(ready, 100);
  ready();
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button.sa-copy');
    if (button) copy(button);
    const inner = event.target.closest('a[href^="#sa-"]');
    if (inner) {
      event.preventDefault();
      const part = document.querySelector(inner.getAttribute('href'));
      show(part);
      part?.focus({preventScroll: true});
    }
  });
})();
"""

OUTER_STYLE = """
.gradio-container { overflow: visible !important; }
.gradio-container > .main { padding: 0 !important; max-width: 84rem !important; }
.gradio-container main { padding: 1.1rem 1.5rem 2rem !important; }
.gradio-container .html-container { padding: 0 !important; }
.gradio-container :is(a, button, summary, textarea):focus-visible { outline: 3px solid var(--link-text-color) !important;
  outline-offset: 2px; }
@supports (field-sizing: content) {
  #sa-box textarea { field-sizing: content; height: auto !important; max-height: 12rem; overflow-y: auto !important; }
}
@media (max-width: 30rem) {
  .gradio-container main { padding: .75rem .9rem 1.5rem !important; }
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation-duration: .01ms !important; animation-iteration-count: 1 !important;
    transition-duration: .01ms !important; scroll-behavior: auto !important; }
}
"""
"""Rules for what stands around our parts. They go into the head: Gradio narrows those of `css` to what is inside the page."""

STYLE = """
#sa-main { display: block; }
#sa-talk, #sa-aside { min-width: 0 !important; width: 100%; gap: .75rem; }
#sa-aside { margin-top: 1.5rem; }
#sa-status:not(:has(p)) { margin-top: -.75rem; }
/* Gradio counts seconds here for itself; a screen reader would read them out. */
#sa-status [data-testid="status-tracker"] { display: none !important; }
#sa-jump:not(:has(nav)) { display: none; }

.sa-header { padding: .25rem 0 .5rem; }
.sa-header h1 { font-size: 1.65rem; line-height: 1.2; margin: 0 0 .35rem; color: var(--link-text-color);
  letter-spacing: -.01em; }
.sa-lead { font-size: 1.1rem; line-height: 1.45; margin: 0 0 .35rem; max-width: 46rem; }
.sa-not { color: var(--body-text-color-subdued); font-size: .9rem; line-height: 1.5; margin: 0; max-width: 52rem; }

/* The conversation grows with the page: a box that scrolls inside a page that scrolls hides answers on a phone. */
#sa-chat { height: auto !important; max-height: none; overflow: visible !important; border: 0; background: none;
  box-shadow: none; }
#sa-chat { isolation: isolate; }
#sa-chat .bubble-wrap { overflow: visible; height: auto; padding: 0; background: none; }
#sa-chat .message-wrap { padding: 0; gap: .35rem; }
#sa-chat .icon-button-wrapper.top-panel { display: none; }
#sa-chat:not(:has(.message)) { display: none; }
#sa-chat .message-row { max-width: 100%; margin: .35rem 0 0; scroll-margin-top: 1rem; }
#sa-chat .message-row.user-row { max-width: 88%; }
#sa-chat .message-row.bot-row, #sa-chat .bot-row .flex-wrap { width: 100%; max-width: 100%; }
#sa-chat .flex-wrap > .message { border-radius: .75rem; padding: .7rem .95rem; box-shadow: none; }
#sa-chat .bot.message { background: var(--block-background-fill); border: 1px solid var(--border-color-primary); }
#sa-chat .user.message { background: var(--color-accent-soft); border: 1px solid transparent; }
#sa-chat .message, #sa-chat .message * { opacity: 1; }
#sa-chat .prose, #sa-chat .prose * { color: var(--body-text-color); }
#sa-chat .prose { font-size: 1rem; line-height: 1.55; overflow-wrap: anywhere; }
#sa-chat .prose p { margin: 0 0 .6rem; }
#sa-chat .prose p:last-child, #sa-chat .prose ul:last-child { margin-bottom: 0; }
#sa-chat .prose ul { padding-left: 1.15rem; list-style: disc; }
#sa-chat .prose li { margin: 0 0 .4rem; }
#sa-chat .prose a { color: var(--link-text-color); text-decoration: none; font-weight: 600; font-size: .85em;
  padding: .1em .15em; }
#sa-chat .prose a:hover { text-decoration: underline; }
#sa-chat .message-buttons { margin: .1rem 0 0; opacity: .75; }
#sa-chat .message-buttons:hover, #sa-chat .message-buttons:focus-within { opacity: 1; }
#sa-chat .message-buttons-right { display: none; }

#sa-status p { margin: 0; padding: .5rem .85rem; border-left: 3px solid var(--link-text-color);
  color: var(--body-text-color);
  background: var(--block-background-fill); border-radius: .25rem; }

#sa-examples { gap: .5rem; }
#sa-examples h2, .sa-panel h2 { font-size: 1.05rem; font-weight: 650; margin: 0 0 .25rem; }
button.sa-example { justify-content: flex-start; text-align: left; white-space: normal; font-weight: 500;
  font-size: .98rem;
  line-height: 1.4; padding: .7rem .95rem; min-height: 2.75rem; color: var(--body-text-color);
  background: var(--block-background-fill); border: 1px solid var(--border-color-primary); border-radius: .75rem; }
button.sa-example:hover { border-color: var(--link-text-color); }

.sa-jump ul { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 0; padding: 0; }
.sa-jump li { margin: 0; }
.sa-jump a { display: inline-block; padding: .4rem .85rem; border: 1px solid var(--border-color-primary);
  border-radius: 2rem;
  background: var(--block-background-fill); color: var(--link-text-color); text-decoration: none; font-weight: 550;
  font-size: .92rem; }
.sa-jump a:hover { border-color: var(--link-text-color); }

#sa-after { align-items: center; justify-content: space-between; flex-wrap: wrap; gap: .5rem; }
#sa-after > * { flex: 0 0 auto; min-width: 0 !important; width: auto; }
#sa-talk:not(:has(#sa-chat .message)) #sa-after { display: none; }
#sa-start-over { padding: .4rem .85rem; min-height: 0; font-size: .92rem; font-weight: 550; border-radius: 2rem;
  background: none; border: 1px solid transparent; color: var(--body-text-color-subdued); text-decoration: underline;
  text-underline-offset: .15em; box-shadow: none; }
#sa-start-over:hover { color: var(--link-text-color); }

#sa-composer { position: sticky; bottom: 0; z-index: 100; flex-wrap: nowrap; align-items: flex-end; gap: .6rem;
  padding: .65rem 0 .8rem;
  background: var(--body-background-fill); border-top: 1px solid var(--border-color-primary); }
#sa-composer .form { flex: 1 1 auto; min-width: 0 !important; overflow: visible; background: none; border: 0;
  box-shadow: none; }
#sa-box { padding: 0; border: 0; background: none; box-shadow: none; overflow: visible !important;
  min-width: 0 !important; }
#sa-box label > span { font-size: .95rem; font-weight: 600; color: var(--body-text-color); margin-bottom: .15rem; }
#sa-box textarea { font-size: 1rem; line-height: 1.45; min-height: 2.9rem; padding: .7rem .85rem; border-radius: .6rem;
  border: 1px solid var(--body-text-color-subdued); background: var(--block-background-fill);
  color: var(--body-text-color); }
#sa-send { flex: 0 0 auto; min-width: 5.5rem !important; width: auto; min-height: 2.9rem; border-radius: .6rem; }

.sa-panel { padding: 1rem; border: 1px solid var(--border-color-primary); border-radius: .75rem;
  background: var(--background-fill-secondary);
  overflow-wrap: anywhere; }
.sa-panel, .sa-panel p, .sa-panel li, .sa-panel dd { font-size: .95rem; line-height: 1.5;
  color: var(--body-text-color); }
.sa-panel h3 { font-size: 1.02rem; margin: 1.1rem 0 .5rem; }
.sa-panel h4 { font-size: 1rem; line-height: 1.4; margin: 0; }
.sa-panel p { margin: 0; }
.sa-panel section { scroll-margin-top: 1rem; }
.sa-panel section:focus { outline: none; }
.sa-panel a { color: var(--link-text-color); text-decoration: underline; text-underline-offset: .15em; margin: 0;
  padding: 0; }
.sa-panel .sa-small, .sa-panel .sa-provider { color: var(--body-text-color-subdued); font-size: .88rem; }
.sa-promises, .sa-counts { margin: 0 !important; padding-left: 1.15rem !important; list-style: disc !important; }
.sa-promises li { margin: .35rem 0; }
.sa-card { padding: .85rem .95rem; margin: 0 0 .75rem; border: 1px solid var(--border-color-primary);
  border-radius: .6rem;
  background: var(--block-background-fill); }
.sa-panel .sa-why { margin: .4rem 0 0; font-style: italic; }
.sa-facts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem .9rem; margin: .7rem 0; }
.sa-facts .sa-long { grid-column: 1 / -1; }
.sa-facts dt, .sa-panel .sa-counts-title { font-size: .8rem; font-weight: 600; color: var(--body-text-color-subdued);
  margin: 0; }
.sa-facts dd { margin: 0; }
.sa-panel .sa-unstated { color: var(--body-text-color-subdued); font-style: italic; }
.sa-strength { font-weight: 650; }
.sa-sources { list-style: none !important; margin: 0 !important; padding: 0 !important; }
.sa-sources > li { padding: .7rem 0; margin: 0; border-top: 1px solid var(--border-color-primary); }
.sa-panel li > p { display: block !important; }
.sa-source-title { font-weight: 550; }
.sa-number { color: var(--body-text-color-subdued); font-weight: 600; }
.sa-panel summary { cursor: pointer; padding: .25rem 0; color: var(--link-text-color); font-size: .9rem; }
.sa-panel blockquote { margin: .35rem 0 0; padding: .1rem 0 .1rem .8rem;
  border-left: 3px solid var(--border-color-primary); font-size: .93rem;
  line-height: 1.5; color: var(--body-text-color); }
.sa-panel .sa-question { margin: .45rem 0 .75rem; border-left-color: var(--link-text-color); }
.sa-copy { min-height: 2.5rem; padding: .35rem .9rem; border: 1px solid var(--link-text-color); border-radius: .6rem;
  background: none;
  color: var(--link-text-color); font: inherit; font-size: .92rem; font-weight: 600; cursor: pointer; }
.sa-copy:hover { background: var(--color-accent-soft); }
.sa-hidden { position: absolute !important; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }

@media (min-width: 62rem) {
  #sa-main { display: grid; grid-template-columns: minmax(0, 1.25fr) minmax(22rem, 1fr); gap: 2rem;
  align-items: start; }
  #sa-aside { margin-top: 0; position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto;
  scrollbar-width: thin; }
}
@media (max-width: 30rem) {
  .gradio-container { overflow: visible !important; }
.gradio-container .html-container { padding: 0 !important; }
.gradio-container main { padding: .75rem .9rem 1.5rem !important; }
  .sa-header h1 { font-size: 1.4rem; }
  .sa-lead { font-size: 1rem; }
  #sa-box [data-testid="block-info"] ~ div:not(.input-container) { display: none; }
}
"""
