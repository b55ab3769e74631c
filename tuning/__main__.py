"""Tune the sentence encoder on the training data: `make tune`.

It takes about fifteen minutes on two cores and writes data/encoder/tuned.safetensors, which `atlas
train` builds the encoder from. Only the training data is read, never a set of tests/nlu.
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bot.nlu.encoder_tuning import TUNED_WEIGHTS, store_tuning
from bot.nlu.minilm_graph import WEIGHTS_SHA256, find_weights
from tuning.fit import tune
from tuning.tasks import load_tasks

_LONGEST = 64  # tokens; nine in ten examples are shorter


def main() -> None:
    """Tune, and write what changed."""
    parser = argparse.ArgumentParser(prog="python -m tuning", description=__doc__)
    parser.add_argument("--epochs", type=float, default=2.0, help="rounds through the data")
    parser.add_argument("--rate", type=float, default=5e-5, help="largest learning rate")
    parser.add_argument("--seed", type=int, default=0, help="of all random choices")
    parser.add_argument("--output", type=Path, default=TUNED_WEIGHTS, help="file to write")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("rasa").setLevel(logging.ERROR)
    folder = find_weights(None)
    weights = load_file(str(folder / "model.safetensors"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_LONGEST)
    tuned = tune(
        weights,
        tokenizer,
        load_tasks(),
        epochs=options.epochs,
        rate=options.rate,
        seed=options.seed,
    )
    store_tuning(options.output, weights, tuned, WEIGHTS_SHA256)


if __name__ == "__main__":
    main()
