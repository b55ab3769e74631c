"""Move the encoder's weights until its sentence vectors tell the training examples apart."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.nlu.minilm_graph import EMBEDDING_SIZE
from tuning.encoder import encode
from tuning.tasks import Task

logger = logging.getLogger(__name__)

_SENTENCES = 32  # of a batch
_BUCKET = 16  # tokens; few shapes of batches, since each is compiled
_SHUFFLED = 6.0  # tokens by which sentences of one batch may differ in length
_WARMING = 150  # steps
_SHARPNESS = 16.0  # a unit vector alone would leave all labels about as likely
_SMOOTHED = 0.1  # of each label's weight goes to the others, so that no example is learned by heart
_WEIGHT_DECAY = 0.01
_HEAD_RATE = 30.0  # times the encoder's learning rate, for the layers on top that begin at nought


@dataclass(frozen=True, slots=True)
class _Batch:
    task: str
    ids: NDArray[np.int32]
    mask: NDArray[np.float32]
    labels: NDArray[np.int64]
    counts: NDArray[np.float32]


def tune(
    weights: Mapping[str, NDArray[Any]],
    tokenizer: Tokenizer,
    tasks: Sequence[Task],
    *,
    epochs: float,
    rate: float,
    seed: int,
) -> dict[str, NDArray[np.float32]]:
    """Tune the layers of the encoder on several tasks at once.

    The vectors of the words themselves stay as published, so that words which no example has keep
    their place beside those that have one.

    Args:
        weights: The published weights.
        tokenizer: It cuts longer texts, and fills none up.
        tasks: What to tell apart.
        epochs: How often each task's share is gone through.
        rate: The largest learning rate.
        seed: Of all random choices.

    Returns:
        The weights that were moved.
    """
    random = np.random.default_rng(seed)
    fixed = {
        name: jnp.asarray(value)
        for name, value in weights.items()
        if name.startswith("embeddings.") and value.dtype == np.float32
    }
    layers = {
        name: jnp.asarray(value)
        for name, value in weights.items()
        if name.startswith("encoder.layer.")
    }
    encoded = {
        task.name: [encoding.ids for encoding in tokenizer.encode_batch(task.texts)]
        for task in tasks
    }
    names = {task.name: sorted(set(task.labels)) for task in tasks}
    tops = {
        task: {
            "weight": random.normal(0, 0.02, (EMBEDDING_SIZE, len(labels))).astype(np.float32),
            "bias": np.zeros(len(labels), np.float32),
        }
        for task, labels in names.items()
    }
    an_epoch = sum(-(-min(task.share, len(task.texts)) // _SENTENCES) for task in tasks)
    steps = int(epochs * an_epoch)

    def pace(step: Any) -> Any:
        return jnp.minimum(1.0, step / _WARMING) * jnp.maximum(0.0, 1.0 - step / steps)

    moved = {"layers": layers, "tops": tops}
    optimiser = optax.multi_transform(
        {
            "layers": optax.chain(
                optax.clip_by_global_norm(1.0),
                optax.adamw(lambda step: rate * pace(step), weight_decay=_WEIGHT_DECAY),
            ),
            "tops": optax.adamw(lambda step: _HEAD_RATE * rate * pace(step)),
        },
        {name: jax.tree.map(lambda _, name=name: name, part) for name, part in moved.items()},
    )

    def loss(moved: Any, batch: tuple[Any, ...], key: Any, task: str) -> Any:
        ids, mask, labels, counts = batch
        embedding = encode({**fixed, **moved["layers"]}, ids, mask, key)
        top = moved["tops"][task]
        scores = _SHARPNESS * (embedding @ top["weight"]) + top["bias"]
        wanted = optax.smooth_labels(jax.nn.one_hot(labels, scores.shape[1]), _SMOOTHED)
        return (optax.softmax_cross_entropy(scores, wanted) * counts).sum() / counts.sum()

    @partial(jax.jit, static_argnames="task", donate_argnums=(0, 1))
    def step(moved: Any, state: Any, batch: tuple[Any, ...], key: Any, task: str) -> Any:
        value, gradient = jax.value_and_grad(loss)(moved, batch, key, task)
        updates, state = optimiser.update(gradient, state, moved)
        return optax.apply_updates(moved, updates), state, value

    key = jax.random.PRNGKey(seed)
    state = optimiser.init(moved)
    done = 0
    while done < steps:
        batches = [
            batch
            for task in tasks
            for batch in _batches(task, encoded[task.name], names[task.name], random)
        ]
        for number in random.permutation(len(batches))[: steps - done]:
            batch = batches[number]
            key, now = jax.random.split(key)
            numbers = (batch.ids, batch.mask, batch.labels, batch.counts)
            moved, state, value = step(moved, state, numbers, now, batch.task)
            done += 1
            if done % 100 == 0:
                logger.info("step %d of %d: %s %.3f", done, steps, batch.task, float(value))
    return {name: np.asarray(value) for name, value in moved["layers"].items()}


def _batches(
    task: Task, encoded: list[list[int]], names: list[str], random: np.random.Generator
) -> Iterator[_Batch]:
    chosen = random.permutation(len(encoded))[: task.share]
    lengths = np.array([len(encoded[index]) for index in chosen])
    chosen = chosen[np.argsort(lengths + random.uniform(0, _SHUFFLED, len(lengths)))]
    number = {name: position for position, name in enumerate(names)}
    for start in range(0, len(chosen), _SENTENCES):
        part = chosen[start : start + _SENTENCES]
        longest = max(len(encoded[index]) for index in part)
        width = -(-longest // _BUCKET) * _BUCKET
        ids = np.zeros((_SENTENCES, width), np.int32)
        mask = np.zeros((_SENTENCES, width), np.float32)
        mask[len(part) :, 0] = 1  # a row without a token has no mean
        labels = np.zeros(_SENTENCES, np.int64)
        counts = np.zeros(_SENTENCES, np.float32)
        for row, index in enumerate(part):
            ids[row, : len(encoded[index])] = encoded[index]
            mask[row, : len(encoded[index])] = 1
            labels[row] = number[task.labels[index]]
            counts[row] = 1
        yield _Batch(task.name, ids, mask, labels, counts)
