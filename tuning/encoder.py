"""The sentence encoder in JAX, to move its weights; bot/nlu/minilm_graph.py is what serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from bot.nlu.minilm_graph import (
    EMBEDDING_SIZE,
    HEAD_SIZE,
    HEADS,
    LAYER_NORM_EPSILON,
    LAYERS,
    MASKED,
)

_DROPPED = 0.1  # of what attention and the inner layers add, as when BERT was trained

Weights = Mapping[str, Any]


def encode(weights: Weights, ids: Any, mask: Any, key: Any) -> Any:
    """Return the sentence embeddings of a batch, of length one.

    Args:
        weights: The encoder's weights by their published names.
        ids: Token ids, sentences x tokens.
        mask: One where a token stands, nought where the row is filled up.
        key: Of the random numbers that say what is dropped.
    """
    states = _embed_tokens(weights, ids)
    for number, layer_key in enumerate(jax.random.split(key, LAYERS)):
        states = _layer(weights, f"encoder.layer.{number}", states, mask, layer_key)
    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return mean / jnp.linalg.norm(mean, axis=-1, keepdims=True)


def _embed_tokens(weights: Weights, ids: Any) -> Any:
    embedded = (
        weights["embeddings.word_embeddings.weight"][ids]
        + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    return _layer_norm(weights, "embeddings.LayerNorm", embedded)


def _layer(weights: Weights, name: str, states: Any, mask: Any, key: Any) -> Any:
    first, second = jax.random.split(key)
    attended = _attend(weights, f"{name}.attention", states, mask)
    states = _layer_norm(
        weights, f"{name}.attention.output.LayerNorm", states + _drop(first, attended)
    )
    inner = jax.nn.gelu(_linear(weights, f"{name}.intermediate.dense", states), approximate=False)
    outer = _drop(second, _linear(weights, f"{name}.output.dense", inner))
    return _layer_norm(weights, f"{name}.output.LayerNorm", states + outer)


def _attend(weights: Weights, name: str, states: Any, mask: Any) -> Any:
    sentences, tokens, _ = states.shape

    def heads(part: str) -> Any:
        split = _linear(weights, f"{name}.self.{part}", states)
        return split.reshape(sentences, tokens, HEADS, HEAD_SIZE).transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / jnp.sqrt(1.0 * HEAD_SIZE)
    shares = jax.nn.softmax(scores + (1 - mask)[:, None, None, :] * MASKED, axis=-1)
    mixed = (shares @ heads("value")).transpose(0, 2, 1, 3)
    merged = mixed.reshape(sentences, tokens, EMBEDDING_SIZE)
    return _linear(weights, f"{name}.output.dense", merged)


def _linear(weights: Weights, name: str, value: Any) -> Any:
    return value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _layer_norm(weights: Weights, name: str, value: Any) -> Any:
    centred = value - value.mean(-1, keepdims=True)
    spread = jnp.sqrt((centred**2).mean(-1, keepdims=True) + LAYER_NORM_EPSILON)
    return centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _drop(key: Any, value: Any) -> Any:
    kept = jax.random.bernoulli(key, 1 - _DROPPED, value.shape)
    return jnp.where(kept, value / (1 - _DROPPED), 0.0)
