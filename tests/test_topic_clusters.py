"""Topics beside clusters of sentence vectors."""

import numpy as np
import pandas as pd

from helpers import catalogue, store
from helpers.coding import likeness
from helpers.compare import topic_clusters
from helpers.compare.counts import WITH_VECTORS


def placed(n: int, n_topics: int, noise: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return topics of sentences, and vectors that lie around a centre a topic."""
    rng = np.random.default_rng(3)
    topic = np.arange(n) % n_topics + 1
    centres = rng.normal(size=(n_topics, likeness.WIDTH)) * 40
    points = np.clip(centres[topic - 1] + rng.normal(size=(n, likeness.WIDTH)) * noise, -127, 127).astype(np.int8)
    ids = np.array([f"d:{i:05d}" for i in range(n)], dtype=object)
    return pd.DataFrame({"unit_id": ids, "topic": topic}), likeness.table(ids, points)


def beside(topics: pd.DataFrame, vectors: pd.DataFrame) -> pd.DataFrame:
    tables = {"unit_topics": topics.assign(file_row_number=range(len(topics))), "unit_vectors": vectors}
    return topic_clusters.beside(store.sql(WITH_VECTORS, **tables), seed=1)


def test_of_more_units_than_are_clustered_some_are_taken_evenly():
    topics = pd.DataFrame({"unit_id": [f"d:{i:05d}" for i in range(30_011)], "topic": 1})
    tables = {"unit_topics": topics.assign(file_row_number=range(30_011)), "unit_vectors": topics.assign(vector="")}
    found = store.sql(WITH_VECTORS, **{**tables, "unit_vectors": tables["unit_vectors"][["unit_id", "vector"]]})
    assert found["unit_id"].tolist() == topics["unit_id"].iloc[store.spread(30_011, 20_000)].tolist()


def test_clusters_agree_with_topics_that_they_are_and_not_with_others():
    topics, vectors = placed(120, 3, 4)
    found = beside(topics, vectors)
    assert found["n_clusters"].tolist() == [3, 6] and found["agreement"].iloc[0] == 1 > found["agreement"].iloc[1]
    catalogue.check(found, "topic_clusters")
    pd.testing.assert_frame_equal(found, beside(topics, vectors))
    shuffled = topics.assign(topic=np.random.default_rng(5).permutation(topics["topic"]))
    assert abs(beside(shuffled, vectors)["agreement"].iloc[0]) < 0.1
    said = topic_clusters.said(found)
    assert (said["n"], said["k"], said["agreement"]) == (120, 3, 1.0) and said["twice"] < 1


def test_without_vectors_or_with_few_nothing_is_said():
    topics, vectors = placed(25, 3, 4)  # fewer than ten a cluster
    for some in (vectors, vectors.head(0)):
        assert beside(topics, some).empty
    assert topic_clusters.said(beside(topics, vectors)) == {"n": 0, "k": 0, "agreement": 0.0, "twice": 0.0}
    assert beside(topics.assign(topic=0), vectors).empty  # no topics
