"""A note for the desk is practical or it is not kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clinic.datafiles import DataFileError
from clinic.scheduling.notes import MAX_NOTE, NoteRules, get_note_rules

ROOT = Path(__file__).resolve().parents[3]
PRACTICAL = """
I use a wheelchair
I need step-free access, please
could there be a parking space near the door?
I need a Spanish interpreter
I only speak Polish
my daughter comes with me
I'll bring my guide dog
please text me rather than call
leave a message if I don't pick up, voicemail is fine
I may be 5 minutes late
I have to leave by 11
I'm coming by bus so I might be a few minutes late
my pronouns are they/them
it's pronounced Shivawn
I use a hearing aid
please send the invoice to my employer
could I wait in a quiet room?
I'm deaf, please write
I am hard of hearing
I lip-read, please face me
I stammer, please give me time
I'm partially sighted
wheelchair user here
""".strip().splitlines()
MEDICAL = """
I have a herniated disc
my back hurts
I use a wheelchair since my spinal injury
pain 8/10 since May
please bring up my MRI, it shows stenosis
I take blood thinners
can't feel my fingers
I had surgery on my neck in 2019
I'm pregnant
my daughter comes with me because I get dizzy
bring a stretcher, I can't walk
I have diabetes and will be late
I'm deaf since the accident
I use a wheelchair because of my legs
""".strip().splitlines()


@pytest.mark.parametrize("text", PRACTICAL)
def test_practical_remarks_are_kept(text: str):
    assert get_note_rules().judge(text, has_findings=False) == "kept"


@pytest.mark.parametrize("text", MEDICAL)
def test_remarks_about_health_are_not(text: str):
    assert get_note_rules().judge(text, has_findings=False) == "medical"


def test_none_of_the_descriptions_of_warning_signs_would_be_kept():
    """Hundreds of medical messages in people's own words, without help from the symptom reader."""
    folder = ROOT / "tests" / "nlu" / "red_flags"
    yaml = YAML(typ="safe")
    texts = [
        entry["text"]
        for file in sorted(folder.glob("*.yml"))
        for entry in yaml.load(file.read_text(encoding="utf-8")).get("flags", [])
    ]
    kept = [text for text in texts if get_note_rules().judge(text, has_findings=False) == "kept"]
    print(f"{len(kept)} of {len(texts)} medical messages would be kept")
    assert len(texts) > 200
    assert len(kept) <= len(texts) * 0.01, "\n".join(kept)


def test_what_the_symptom_reader_finds_is_never_kept():
    assert get_note_rules().judge("my daughter comes with me", has_findings=True) == "medical"


def test_what_is_neither_and_what_is_too_long_is_declined():
    rules = get_note_rules()
    assert rules.judge("the moon is made of cheese", has_findings=False) == "not_practical"
    assert rules.judge("parking " * MAX_NOTE, has_findings=False) == "too_long"


def test_a_broken_word_list_is_told_in_one_sentence(tmp_path: Path):
    file = tmp_path / "notes.yml"
    file.write_text("access: [deaf]\npractical: [wheelchair]\nmedical: [7]\n")
    with pytest.raises(DataFileError, match=r"medical\.7: expected a word"):
        NoteRules.load(file)
