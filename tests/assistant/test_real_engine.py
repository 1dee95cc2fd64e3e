"""A real engine over HTTP: `transformers serve` with a tiny model of random weights, made here. It talks nonsense, and all a
learner sees of that is a notice."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from assistant.advise import Adviser
from assistant.llm import ChatModel, Limits
from assistant.model_faults import REASONS, Fault, ModelUnavailable
from assistant.prompting import Prompt
from assistant.rewording import reworded
from assistant.understanding import understand

QUESTION = "30 ECTS in UK credits?"
SAID = "30 ECTS credits is about 60 UK credits."
PARROTED = json.dumps({"text": SAID, "statements": ["S1"]}) + "\n"
PATIENT = Limits(total=120.0, idle=120.0, tokens=120)
"""The machine that runs the tests may be slow; what is tested is that a reply comes and is refused."""
USELESS = (Fault.NONSENSE, Fault.MALFORMED, Fault.CUT_SHORT)


def tiny_model(folder: Path, hears: str) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """A two-layer Llama of random weights over single bytes, its tokenizer saved. `hears`: what a chat comes down to for it."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*alphabet, "<s>", "</s>"]
    bytes_only = Tokenizer(models.BPE(vocab={token: number for number, token in enumerate(tokens)}, merges=[]))
    bytes_only.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_only.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bytes_only, bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    tokenizer.chat_template = hears
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    end = tokens.index("</s>")
    shape = LlamaConfig(
        vocab_size=len(tokens), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=4, max_position_embeddings=16_384, bos_token_id=end - 1, eos_token_id=end, pad_token_id=end,
    )  # fmt: skip
    return LlamaForCausalLM(shape), tokenizer


def write_babbler(folder: Path) -> None:
    """It hears everything and says anything."""
    model, _ = tiny_model(folder, "{% for message in messages %}{{ message['content'] }}\n{% endfor %}")
    model.save_pretrained(folder)


def write_parrot(folder: Path, says: str) -> None:
    """It hears nothing and has learned to say one thing."""
    model, tokenizer = tiny_model(folder, "<s>")
    lesson = tokenizer(f"<s>{says}</s>", return_tensors="pt").input_ids
    teacher = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(300):
        loss = model(input_ids=lesson, labels=lesson).loss
        if loss.item() < 0.005:
            break
        teacher.zero_grad()
        loss.backward()
        teacher.step()
    model.save_pretrained(folder)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serves every model in the folder that is given; the environment says where."""
    folder = tmp_path_factory.mktemp("engine")
    write_babbler(folder / "babbler")
    write_parrot(folder / "parrot", PARROTED)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1", "HF_HOME": str(folder / "hub")}
    program = Path(sys.executable).with_name("transformers")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [program, "serve", "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)],
            env={**os.environ, **quiet},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, folder / "log")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
            patch.setenv("OPENAI_API_KEY", "not-a-key")
            yield f"openai:{folder}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(f"the engine did not start: {log.read_text()[-2000:]}")


def babbler(engine: str, limits: Limits = PATIENT) -> ChatModel:
    return ChatModel(f"{engine}/babbler", limits)


def test_it_streams_through_the_seam(engine: str) -> None:
    pieces = [piece for piece in babbler(engine).stream(Prompt("Say something.", "Please.")) if piece]
    assert len(pieces) > 10


def test_nonsense_leaves_the_plain_answer_whole_with_one_notice(adviser: Adviser, engine: str) -> None:
    plain = adviser.advise(QUESTION).answer
    answer = reworded(plain, QUESTION, babbler(engine), lambda claim: None)
    assert answer.claims == plain.claims
    assert answer.evidence == plain.evidence
    (notice,) = answer.notices[len(plain.notices) :]
    assert notice in {f"Plain wording was used: {REASONS[fault]}." for fault in USELESS}


def test_nonsense_is_not_read_into_a_message(engine: str) -> None:
    with pytest.raises(ModelUnavailable) as failure:
        understand(QUESTION, babbler(engine))
    assert failure.value.fault in USELESS


def test_it_is_not_waited_for_and_then_left_alone(engine: str) -> None:
    impatient = babbler(engine, Limits(total=0.02, idle=0.02))
    faults = []
    for _ in range(3):
        with pytest.raises(ModelUnavailable) as failure:
            list(impatient.stream(Prompt("Say something.", "Please.")))
        faults.append(failure.value.fault)
    assert faults == [Fault.TIMED_OUT, Fault.TIMED_OUT, Fault.RESTING]


def test_sense_is_shown(adviser: Adviser, engine: str) -> None:
    plain = adviser.advise(QUESTION).answer
    answer = reworded(plain, QUESTION, ChatModel(f"{engine}/parrot", PATIENT), lambda claim: None)
    assert answer.claims[0].text == SAID
    assert answer.claims[1:] == plain.claims[1:]
    assert (answer.evidence, answer.notices) == (plain.evidence, plain.notices)
