"""Refuse a config.yml with which Atlas would be unsafe or could not train."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml

_NEED_TENSORFLOW = frozenset(
    {
        "DIETClassifier",
        "ResponseSelector",
        "TEDPolicy",
        "UnexpecTEDIntentPolicy",
        "ConveRTFeaturizer",
        "LanguageModelFeaturizer",
    }
)
_REQUIRED_IN_PIPELINE = (
    "bot.nlu.message_guard.MessageGuard",
    "bot.nlu.findings_extractor.FindingsExtractor",
    "bot.nlu.warning_sign_net.WarningSignNet",
)
_REQUIRED_IN_POLICIES = ("bot.policies.agenda_policy.AgendaPolicy",)


class PipelineError(DataFileError):
    """config.yml names a component that cannot work here, or lacks one that must be there."""


def check_pipeline(path: Path) -> None:
    """Check the components that config.yml names.

    Args:
        path: The configuration.

    Raises:
        PipelineError: A component needs TensorFlow, or a safety component is missing.
    """
    config = load_yaml(path)
    pipeline = _names(config, "pipeline", path)
    policies = _names(config, "policies", path)
    for name in (*pipeline, *policies):
        if name.rpartition(".")[2] in _NEED_TENSORFLOW:
            raise PipelineError(
                path,
                name,
                "needs TensorFlow, which Atlas does without; take it out and use "
                "bot.nlu.intent_classifier.EmbeddingIntentClassifier (intents) or rules "
                "(dialogue) instead.",
            )
    for required, present, key in (
        (_REQUIRED_IN_PIPELINE, pipeline, "pipeline"),
        (_REQUIRED_IN_POLICIES, policies, "policies"),
    ):
        for name in required:
            if name not in present:
                raise PipelineError(
                    path, key, f"lacks {name}, without which emergencies are not heard."
                )


def _names(config: Any, key: str, path: Path) -> list[str]:
    entries = config.get(key) if isinstance(config, dict) else None
    if not isinstance(entries, list):
        raise PipelineError(path, key, "expected a list of components")
    return [str(entry.get("name", "")) for entry in entries if isinstance(entry, dict)]
