#!/usr/bin/python3
"""Read the views of a tracked table as a BI tool does, and print what arrived as JSON.

Takes a connection string and the prefix of the views.
"""

import json
import sys

import psycopg

connection = psycopg.connect(sys.argv[1], autocommit=True)
prefix = sys.argv[2]
facts = {"types": {}, "python": {}}

names = {oid: name for oid, name in connection.execute("SELECT oid, oid::regtype::text FROM pg_type")}
for view in ("ranking", "funnel", "funnel_weekly"):
    cursor = connection.execute(f"SELECT * FROM {prefix}_{view}")
    row = cursor.fetchone()
    facts["types"][view] = {column.name: names[column.type_code] for column in cursor.description}
    facts["python"][view] = {column.name: type(value).__name__ for column, value in zip(cursor.description, row)}

# Prepared on the server at once, then run often enough for a generic plan
counts = f"SELECT count(*) FROM {prefix}_ranking WHERE temperature = %s AND stage = %s"
literal = f"SELECT temperature, stage, count(*) FROM {prefix}_ranking GROUP BY 1, 2"
expected = {(temperature, stage): n for temperature, stage, n in connection.execute(literal)}
facts["pairs"] = len(expected)
facts["wrong"] = []
with connection.cursor() as cursor:
    for _ in range(3):
        for pair in [*expected, ("hot", "no such stage")]:
            n = cursor.execute(counts, pair, prepare=True).fetchone()[0]
            if n != expected.get(pair, 0):
                facts["wrong"].append([*pair, n, expected.get(pair, 0)])
facts["prepared"] = connection.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%$1%'").fetchone()[0]

# Binary results as well, and a lead by its own key
with connection.cursor(binary=True) as cursor:
    top = cursor.execute(f"SELECT lead, score, hot_until FROM {prefix}_ranking ORDER BY level DESC LIMIT 1").fetchone()
    again = cursor.execute(f"SELECT temperature FROM {prefix}_ranking WHERE lead = %s", (top[0],)).fetchall()
facts["by_lead"] = [row[0] for row in again]

print(json.dumps(facts))
