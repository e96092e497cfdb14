"""Topics beside clusters of sentence vectors."""

import numpy as np
import pandas as pd

from helpers import catalogue
from helpers.coding import likeness
from helpers.compare import topic_clusters


def placed(n: int, n_topics: int, noise: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return topics of sentences, and vectors that lie around a centre a topic."""
    rng = np.random.default_rng(3)
    topic = np.arange(n) % n_topics + 1
    centres = rng.normal(size=(n_topics, likeness.WIDTH)) * 40
    points = np.clip(centres[topic - 1] + rng.normal(size=(n, likeness.WIDTH)) * noise, -127, 127).astype(np.int8)
    ids = np.array([f"d:{i:05d}" for i in range(n)], dtype=object)
    return pd.DataFrame({"unit_id": ids, "topic": topic}), likeness.table(ids, points)


def test_clusters_agree_with_topics_that_they_are_and_not_with_others():
    topics, vectors = placed(120, 3, 4)
    found = topic_clusters.beside(topics, vectors, seed=1)
    assert found["n_clusters"].tolist() == [3, 6] and found["agreement"].iloc[0] == 1 > found["agreement"].iloc[1]
    catalogue.check(found, "topic_clusters")
    pd.testing.assert_frame_equal(found, topic_clusters.beside(topics, vectors, seed=1))
    shuffled = topics.assign(topic=np.random.default_rng(5).permutation(topics["topic"]))
    assert abs(topic_clusters.beside(shuffled, vectors, seed=1)["agreement"].iloc[0]) < 0.1
    said = topic_clusters.said(found)
    assert (said["n"], said["k"], said["agreement"]) == (120, 3, 1.0) and said["twice"] < 1


def test_without_vectors_or_with_few_nothing_is_said():
    topics, vectors = placed(25, 3, 4)  # fewer than ten a cluster
    for some in (vectors, vectors.head(0)):
        assert topic_clusters.beside(topics, some, seed=1).empty
    assert topic_clusters.said(topic_clusters.beside(topics, vectors, 1)) == {"n": 0, "k": 0, "agreement": 0.0, "twice": 0.0}
    assert topic_clusters.beside(topics.assign(topic=0), vectors, seed=1).empty  # no topics
