"""The sentence vectors of the labelled sentences, by the encoder that ships: `python -m training.vectors`.

Needs nothing but the files of data/models; `make encoder` ends with it. Two minutes of one core.
"""

from pathlib import Path

from helpers import coding
from helpers.coding import encoder, likeness


def write(path: Path = encoder.SHIPPED) -> None:
    """Write the vectors of the labelled sentences (`likeness.SETS`) beside the weights at `path`, by checksum of the sentence."""
    labelled = coding.read_labelled()
    labelled = labelled[labelled["set"].isin(likeness.SETS)]
    labelled = labelled.assign(key=list(map(likeness.text_sum, labelled["text"])))
    labelled = labelled.drop_duplicates("key", keep="last").sort_values("key")
    _, means = encoder.Encoder(path).read(labelled["text"].tolist(), labelled["heading"].tolist())
    likeness.save(path, labelled["key"].tolist(), means)


if __name__ == "__main__":
    write()
