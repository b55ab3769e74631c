"""Train Rasa's own intent classifier, DIET, on Atlas's training data and measure both.

Run with `.venv/bin/python -m evaluation.stock_diet`. DIET needs TensorFlow, so it trains and
predicts in the environment of stock Rasa that `make bench` installs; the trained model stays in
bench/work/diet. The figures go to evaluation/stock_diet.json, from which the report takes them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.processes import BenchError, run_logged
from bench.report import machine
from bench.targets import WORK, Stock
from clinic.datafiles import DataFileError
from evaluation.pipeline import ROOT, ServedPipeline
from evaluation.sets import IntentMessage, load_files, load_sets

RESULT = ROOT / "evaluation" / "stock_diet.json"
_HOME = WORK / "diet"
_EPOCHS = 100
# What `rasa init` writes, without the parts that read entities and answers: Atlas's training
# data has neither. EntitySynonymMapper and ResponseSelector would have nothing to learn from.
_CONFIG = """\
recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: {epochs}
    constrain_similarities: true
    random_seed: 7
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
"""
# Runs in the environment of stock Rasa, which has no Atlas.
_PREDICT = """
import asyncio, json, sys
from rasa.core.agent import Agent
agent = Agent.load(sys.argv[1])
async def main():
    found = []
    for text in json.load(sys.stdin):
        parsed = await agent.parse_message(text)
        best = [item["name"] for item in parsed["intent_ranking"]]
        found.append({"intent": parsed["intent"]["name"],
                      "top": next(name for name in best if name != "nlu_fallback")})
    return found
json.dump(asyncio.run(main()), sys.stdout)
"""


@dataclass(frozen=True)
class Comparison:
    """How many intents of one set each classifier got right.

    Attributes:
        set_id: The set.
        messages: How many messages it has.
        stock_right: Right with DIET; a fallback counts as wrong.
        stock_top: Right with DIET where its threshold is left out.
        atlas_right: Right with Atlas; a fallback counts as wrong.
        atlas_top: Right with Atlas where its threshold is left out.
    """

    set_id: str
    messages: int
    stock_right: int
    stock_top: int
    atlas_right: int
    atlas_top: int


def main() -> int:
    """Train DIET unless it is there, measure both and write the result."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.stock_diet", description=__doc__)
    parser.add_argument("--epochs", type=int, default=_EPOCHS, help=f"of DIET ({_EPOCHS})")
    parser.add_argument("--retrain", action="store_true", help="train DIET again")
    parser.add_argument("--model", type=Path, help="Atlas's model (the one that fits the data)")
    parser.add_argument(
        "files", nargs="*", type=Path, help="files of intents to measure on instead"
    )
    arguments = parser.parse_args()
    try:
        training = _train(arguments.epochs, retrain=arguments.retrain)
        pipeline = ServedPipeline.load(arguments.model)
        sets = load_files(arguments.files) if arguments.files else load_sets()
        sets = [entry for entry in sets if entry.kind == "intents"]
        compared = [_compare(entry.id, list(entry.intents), pipeline) for entry in sets]
    except (BenchError, DataFileError) as error:
        print(f"evaluation: {error}", file=sys.stderr)
        return 1
    result = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": f"python -m evaluation.stock_diet --epochs {training['epochs']}",
        "machine": machine(),
        "training": training,
        "sets": [asdict(item) for item in compared],
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    return 0


def _train(epochs: int, *, retrain: bool) -> dict[str, Any]:
    kept = _HOME / "training.json"
    if kept.exists() and not retrain:
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return found
    _HOME.mkdir(parents=True, exist_ok=True)
    Stock().install()
    examples = _write_training_data(_HOME / "nlu.yml")
    (_HOME / "config.yml").write_text(_CONFIG.format(epochs=epochs), encoding="utf-8")
    started = time.perf_counter()
    command = run_logged(
        [
            *(str(Stock().bin / "rasa"), "train", "nlu", "--nlu", str(_HOME / "nlu.yml")),
            *("--config", str(_HOME / "config.yml"), "--out", str(_HOME / "models")),
            *("--fixed-model-name", "diet"),
        ],
        cwd=_HOME,
        log=_HOME / "train.log",
    )
    training = {
        "command": command,
        "epochs": epochs,
        "examples": examples,
        "seconds": round(time.perf_counter() - started),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    kept.write_text(json.dumps(training), encoding="utf-8")
    return training


def _write_training_data(path: Path) -> int:
    """Write what Atlas is trained from, the knowledge base's questions included."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.shared.nlu.constants import INTENT, TEXT
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data" / "nlu")]
    )
    examples = [
        Message(data={TEXT: example.get(TEXT), INTENT: example.get(INTENT)})
        for example in importer.get_nlu_data().intent_examples
    ]
    TrainingData(training_examples=examples).persist_nlu(str(path))
    return len(examples)


def _compare(set_id: str, messages: list[IntentMessage], pipeline: ServedPipeline) -> Comparison:
    texts = [message.text for message in messages]
    wanted = [message.intents for message in messages]
    stock = _predict_with_stock(texts)
    atlas = [pipeline.read(text) for text in texts]
    return Comparison(
        set_id=set_id,
        messages=len(messages),
        stock_right=sum(item["intent"] in ok for item, ok in zip(stock, wanted, strict=True)),
        stock_top=sum(item["top"] in ok for item, ok in zip(stock, wanted, strict=True)),
        atlas_right=sum(item.intent in ok for item, ok in zip(atlas, wanted, strict=True)),
        atlas_top=sum(item.top_intent in ok for item, ok in zip(atlas, wanted, strict=True)),
    )


def _predict_with_stock(texts: list[str]) -> list[dict[str, str]]:
    answer = subprocess.run(
        [str(Stock().bin / "python"), "-c", _PREDICT, str(_HOME / "models" / "diet.tar.gz")],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        cwd=_HOME,
    )
    if answer.returncode != 0:
        raise BenchError(f"DIET gave no predictions:\n{answer.stderr[-2000:]}")
    predicted: list[dict[str, str]] = json.loads(answer.stdout.splitlines()[-1])
    return predicted


if __name__ == "__main__":
    sys.exit(main())
