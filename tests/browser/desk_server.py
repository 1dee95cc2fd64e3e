"""The adviser's desk by itself, as `ui.app` mounts it: behind the sign-in and the guard. `python -m tests.browser.desk_server
HOME DATABASE_URL ADVISERS_FILE PORT`, over the index in HOME."""

import sys
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI

from assistant.advise import Adviser
from assistant.shelf import Shelf
from corpus.embedding import SentenceEmbedder
from ui.adviser import build, desk_options
from ui.guard import Guard, Hosts
from ui.limits import Limits
from ui.signin import read_advisers
from ui.signin_page import SignInPage
from ui.store import Store


def main(home: str, url: str, advisers: str, port: str) -> None:
    engine = Adviser(Shelf(Path(home), SentenceEmbedder()))
    engine.shelf.current()
    app = FastAPI()
    desk, options = build(engine, Store.open(url), "test", "/adviser/logout"), desk_options()
    gr.mount_gradio_app(app, desk, path="/adviser", auth=read_advisers(Path(advisers)).check, **options)
    app.add_middleware(SignInPage)
    app.add_middleware(Guard, hosts=Hosts(frozenset()), limits=Limits(), head=options["head"])
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
