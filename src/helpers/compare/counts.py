"""How many units of each document, or section, have what: SQL over the tables of units, so that no sentence is held."""

BY_DOCUMENT = """
    SELECT doc_id, dimension, code, count(*) AS n FROM (
        SELECT unit_id, 'tool' AS dimension, tool AS code FROM unit_tools
        UNION ALL SELECT DISTINCT unit_id, 'type', tool_type FROM unit_tools
        UNION ALL SELECT unit_id, 'topic', CAST(topic AS VARCHAR) FROM unit_topics
    ) JOIN units USING (unit_id) WHERE code IS NOT NULL GROUP BY ALL ORDER BY doc_id, dimension, code"""
TARGETS = """
    SELECT doc_id, indicator AS code, count(DISTINCT unit_id) AS n FROM commitments JOIN units USING (unit_id)
    WHERE kind = 'target' AND indicator IS NOT NULL GROUP BY ALL ORDER BY doc_id, code"""
SIZES = "SELECT doc_id, count(*) AS n FROM units GROUP BY doc_id ORDER BY doc_id"
# The sections of the documents `reported`, by number in the order of their names: units with each topic, and with both.
BY_SECTION = """
    WITH named AS (
        SELECT doc_id || ' > ' || coalesce(heading_path, '') AS name, unit_id, topic
        FROM units JOIN unit_topics USING (unit_id) SEMI JOIN reported USING (doc_id) WHERE topic > 0
    ), numbered AS (SELECT name, row_number() OVER (ORDER BY name) - 1 AS section FROM (SELECT DISTINCT name FROM named)),
    here AS (SELECT section, unit_id, topic FROM named JOIN numbered USING (name))
    SELECT section, topic, NULL AS tool, count(*) AS n FROM here GROUP BY ALL
    UNION ALL SELECT section, topic, tool, count(*) FROM here JOIN unit_tools USING (unit_id) GROUP BY ALL
    ORDER BY section, topic, tool"""
# How many units of the documents `reported` name a department and speak of a topic.
DUTIES = """
    SELECT department, topic, count(*) AS n_units FROM actors JOIN unit_topics USING (unit_id)
    JOIN units USING (unit_id) SEMI JOIN reported USING (doc_id) WHERE topic IS NOT NULL
    GROUP BY ALL ORDER BY n_units DESC, department, topic LIMIT 10"""
# Topics beside vectors of the same units, of at most 20,000 units evenly spread (`store.spread`).
WITH_VECTORS = """
    WITH found AS (
        SELECT unit_id, topic, vector, row_number() OVER (ORDER BY t.file_row_number) - 1 AS place, count(*) OVER () AS n
        FROM unit_topics t JOIN unit_vectors USING (unit_id) WHERE topic > 0
    ) SELECT unit_id, topic, vector FROM found
    WHERE n <= 20000 OR ((place * 20000 + n - 1) // n * n) // 20000 = place ORDER BY place"""
