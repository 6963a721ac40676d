"""make bench: what lead_temperature costs and saves beside what one would write by hand.

Called by bench.sh, which has started the cluster, with its directory; writes benchmarks.md there.

Each part builds what it needs in a schema for each peer, measures all peers in turn, round by round, and drops the
schemas.  A part goes through as many rounds as fit into its share of the time, five at most and one at least.
"""

import os
import pathlib
import re
import signal
import sys
import time

from measure import here, latency, memory, rate, seconds, sql
from report import Table, Target, grid, number, size, targets_markdown

work = pathlib.Path(sys.argv[1])
SCALE = float(os.environ.get("SCALE") or 1)
PARTS = (os.environ.get("PARTS") or "").split()
LIMIT = 20 * 60                                 # seconds for everything at SCALE=1
WARM_UP = 4                                     # seconds of a run of pgbench that do not count, for single rows
DURATION = 2                                    # and those that do
started = time.monotonic() - float(os.environ.get("BENCH_STARTED") or 0)

HAND_WRITTEN = ["upsert", "row_trigger", "statement_trigger"]
NAMES = {
    "plain": "plain table",
    "tracked": "tracked",
    "tracked_counts": "tracked, funnel_counts",
    "upsert": "insert + upsert",
    "row_trigger": "plpgsql row trigger",
    "statement_trigger": "plpgsql statement trigger",
    "tracked_acting": "tracked, with all that acts",
    "acting_trigger": "plpgsql statement trigger that acts",
}

tables = {
    "aggregates": Table("Raw rows: aggregates of ours beside plain SQL", "milliseconds, less is better", "rows, 10 a lead",
                        "The table holds lead, time and points. Floating point takes the age from date_part(), numeric from "
                        "extract(), whose result PostgreSQL 14 and later multiply and raise as numeric.",
                        ours="lead_temperature", lines="query"),
    "reads": Table("Reads", "milliseconds, less is better", "leads, 10 rows each in the first three and 1 in the last",
                   "Each query is parsed, planned and run anew; what takes more than two seconds is run once.", lines="query"),
    "replay": Table("Backfill and replay", "rows a second, more is better", "rows, 10 a lead unless the line says otherwise",
                    "By hand: one INSERT … SELECT … GROUP BY, then the indexes.", ours="track()", lines="what"),
    "memory": Table("Memory of a replay", "MB by which the backend's address space grew", "rows, 10 a lead", lines="what"),
    "bulk": Table("Bulk loads", "seconds, less is better", "rows a lead",
                  "New leads: into empty tables. Existing leads: the same number of rows again.", columns=["1", "10", "100"]),
    "single": Table("Single-row inserts", "transactions a second, more is better", "clients",
                    "Prepared statements, all leads exist. Zipf: exponent 1.1.", columns=["1", "4", "8"]),
    "batch": Table("Inserts of many rows", "rows a second, more is better", "rows a statement",
                   "One client, random leads that exist, synchronous_commit = off."),
    "acting": Table("Inserts where somebody acts on leads", "rows a second, more is better", "rows a statement",
                    "Random leads that exist, synchronous_commit = off; 4 clients of one row, one of 100. With all that acts: consent, handoff to sales, "
                    "and three columns of a table of contacts written back. The trigger in plpgsql does the same by hand, but for late rows, updates and "
                    "deletes, of which it knows nothing.", ours="tracked, with all that acts", columns=["1", "100"]),
    "changes": Table("Late rows, updates, deletes", "transactions a second, more is better", "rows a lead",
                     "One client, one row a transaction, synchronous_commit = off. Late rows are 5 to 10 days late. The "
                     "hand-written state knows no updates and deletes."),
    "state": Table("Size of the state", "bytes a lead", "leads", "As made by backfill, with the settings shipped.",
                   lines="relation"),
    "bloat": Table("Size of the state after updates", "bytes a lead", "when",
                   "Loaded by one statement, then 10 rows a lead in statements of 100 random leads, with autovacuum on (naptime 5 s).",
                   ours="", lines="relation"),
    "fillfactor": Table("Updates of the state by fillfactor", "as the columns say", "what", ours="", growth=False,
                        lines="load", note="The same load as in the table before."),
    "history": Table("History", "milliseconds, less is better", "rows, 10 a lead",
                     "What is read from all rows, lead by lead. Where they do not fit into work_mem (64 MB but where the line says "
                     "otherwise) they are sorted. The raw rows of heat_agg hold lead, time and points.",
                     ours="leads_as_of", lines="what"),
    "training": Table("Training", "as the lines say", "rows, 10 a lead",
                      "train() at weekly instants of 90 days, horizon 14 days: 14 half-lives and 5 penalties are tried. With maintenance_work_mem "
                      "as above not all observations are kept from about a million rows on.", ours="", lines="what"),
}


def scaled(n):
    """A number of rows or leads at the present scale."""
    return max(10, int(n * SCALE))


def wanted(leads):
    """Whether tables of so many leads are to be measured."""
    most = os.environ.get("SCALE_MAX")
    if not most:
        return True
    digits, unit = re.fullmatch(r"(\d+)([kM]?)", most).groups()
    return leads <= int(digits) * {"": 1, "k": 1_000, "M": 1_000_000}[unit]


def say(text):
    """Tell what has just been measured."""
    print(f"[{elapsed():5.0f} s] {text}", flush=True)


def note(table, group, peer, column, value):
    """Add a measurement to a table, and tell it."""
    tables[table].add(group, peer, column, value)
    say(f"{table}: {group}, {peer}, {column}: {number(value)}")


def elapsed():
    """Seconds since the start."""
    return time.monotonic() - started


def rounds(budget, most=5):
    """Count rounds, as many as fit into a number of seconds; one once the time is nearly over."""
    begun = elapsed()
    for i in range(most):
        yield i
        took = elapsed() - begun
        if took + took / (i + 1) > budget * SCALE or elapsed() > 0.9 * LIMIT * max(SCALE, 1):
            return


def in_turn(peers, i):
    """The peers in another order each round."""
    k = i % len(peers)
    return peers[k:] + peers[:k]


def create(peer, schema, rows=0, leads=1):
    """Make a schema with a table of interactions and what a peer puts on it."""
    fill = f"INSERT INTO event (lead, kind, at) SELECT * FROM bench.rows({rows}, {leads}, '20 days', '0');" if rows else ""
    sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema};")
    sql(f"\\i event.sql\n{fill}\nCREATE INDEX ON event (lead, at);\n\\i {peer}.sql", schema)
    if rows:
        vacuum(schema)


def vacuum(schema):
    """Vacuum and analyze all tables of a schema."""
    sql("""SELECT format('VACUUM (ANALYZE) %s', oid::regclass) FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'm') \\gexec""", schema)


def drop(*schemas):
    """Drop schemas and write out what is dirty, so that the next measurement does not pay for it."""
    for schema in schemas:
        sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    sql("CHECKPOINT")


def insert(peer, rows, batch=False):
    """The statement by which a peer inserts rows."""
    load = ("upsert_batch" if batch else "upsert") if peer == "upsert" else "insert"
    return (here / "loads" / f"{load}.sql").read_text().replace(":rows", rows)


# Parts


def aggregates():
    """Aggregates over raw rows."""
    group = ("all rows", "temperature of each lead")
    score = "sum(points * bench.decay(now() - at))"
    score_numeric = "sum(points::numeric * bench.decay_numeric(now() - at))"
    by_lead = "SELECT t, count(*) FROM (SELECT {} AS t FROM raw GROUP BY lead) AS leads GROUP BY t"
    case = "CASE WHEN {0} >= 40 THEN 'hot' WHEN {0} >= 10 THEN 'warm' ELSE 'cold' END"
    queries = [
        (group[0], "lead_temperature", "SELECT lead_temperature.heat_agg(points, at, '14 days') FROM raw"),
        (group[0], "sum(float8)", "SELECT sum(points) FROM raw"),
        (group[1], "lead_temperature",
         by_lead.format("lead_temperature.temperature(lead_temperature.heat_agg(points, at, '14 days'), 10, 40)")),
        (group[1], "floating point", by_lead.format(case.format(score))),
        (group[1], "numeric", by_lead.format(case.format(score_numeric))),
    ]
    for rows in scaled(100_000), scaled(1_000_000):
        sql(f"""DROP SCHEMA IF EXISTS aggregates CASCADE; CREATE SCHEMA aggregates;
            CREATE TABLE aggregates.raw AS
            SELECT r.lead, r.at, coalesce(t.points, 0) AS points
            FROM bench.rows({rows}, {rows // 10}, '20 days', '0') AS r JOIN lead_temperature.template_signal('default') AS t USING (kind);
            CREATE INDEX ON aggregates.raw (lead, at);
            VACUUM (ANALYZE) aggregates.raw;""")
        measure_queries("aggregates", queries, "aggregates", size(rows), {}, 14)
    drop("aggregates")


def measure_queries(table, queries, schema, column, variables, budget):
    """Measure the queries of a table in turn; those that take more than two seconds once."""
    for i in rounds(budget):
        for group, peer, query in queries:
            if (tables[table].median(group, peer, column) or 0) <= 2000:
                note(table, group, peer, column, latency(query, schema, variables))


def reads():
    """Reads of the state, the views and the raw rows at growing sizes, and replays of as many rows."""
    for leads in scaled(10_000), scaled(100_000), scaled(1_000_000):
        if wanted(leads):
            reads_at(leads, 10 * leads)


def most_leads():
    """The reads of the state alone, with ten times the leads, one row each, and counts of the funnel."""
    leads = scaled(10_000_000)
    if not wanted(leads):
        return
    create("plain", "reads", leads, leads)
    took = seconds("\\i tracked_counts.sql", "reads")
    note("replay", "state made of all rows, 1 a lead", NAMES["tracked_counts"], size(leads), leads / took)
    vacuum("reads")
    queries = [
        *state_queries(leads),
        ("funnel", NAMES["tracked_counts"], "SELECT * FROM event_funnel"),
        ("funnel", "GROUP BY stage of the state", BY_STAGE),
    ]
    measure_queries("reads", queries, "reads", size(leads), {"leads": leads}, 10)
    drop("reads")


def note_sizes(leads):
    """What the state takes as backfill makes it."""
    relations = {"heap": "event_lead", "primary key": "event_lead_pkey", "index on level": "event_lead_level_idx",
                 "transitions with indexes": "event_transition"}
    for name, relation in relations.items():
        measure = "pg_total_relation_size" if relation == "event_transition" else "pg_relation_size"
        note("state", name, "tracked", size(leads), int(sql(f"SELECT {measure}('{relation}')", "reads")) / leads)


LEAD_COLUMNS = "lead, score, temperature, stage"
BY_STAGE = "SELECT stage, count(*) FROM event_lead GROUP BY 1"
PICK = "\\set lead random(1, :leads)\n"


def by_level(columns=LEAD_COLUMNS, where="", limit="LIMIT 100"):
    """A query of the ranking in the order of heat."""
    return f"SELECT {columns} FROM event_ranking {where} ORDER BY level DESC {limit}"


HOT = by_level(where="WHERE temperature = 'hot'")


def state_queries(leads):
    """Reads of the ranking of so many leads."""
    offset = min(2450, leads // 4)
    last = sql(by_level(columns="level", limit=f"OFFSET {offset - 1} LIMIT 1"), "reads")
    return [
        ("top 100", "tracked", by_level()),
        ("100 hot ones", "tracked", HOT),
        ("page 50, by OFFSET", "tracked", by_level(limit=f"OFFSET {offset} LIMIT 50")),
        ("page 50, by key", "tracked", by_level(where=f"WHERE level < {last}", limit="LIMIT 50")),
        ("one lead", "tracked", f"{PICK}SELECT {LEAD_COLUMNS} FROM event_ranking WHERE lead = :lead"),
    ]


def reads_at(leads, rows):
    """All of it for one size."""
    column = size(leads)
    create("plain", "reads", rows, leads)
    made = "state made of all rows"
    note("replay", made, "track()", size(rows), rows / seconds("\\i tracked.sql", "reads"))
    replay_at(made, rows)
    note_sizes(leads)
    note("reads", "100 hot ones", "tracked, never analyzed", column, latency(HOT, "reads"))
    vacuum("reads")
    took = seconds("\\i views.sql", "reads")
    say(f"materialised view of {column} leads made in {took:.1f} s")
    sql("ANALYZE score_stored", "reads")
    top = "SELECT lead, score FROM {} ORDER BY score DESC LIMIT 100".format
    queries = [
        *state_queries(leads),
        ("funnel", "tracked", "SELECT * FROM event_funnel"),
        ("funnel", "GROUP BY stage of the state", BY_STAGE),
        ("top 100", "view, floating point", top("score")),
        ("top 100", "materialised view, stale", top("score_stored")),
        ("one lead", "view, floating point", f"{PICK}SELECT lead, score FROM score WHERE lead = :lead"),
        ("one lead", "materialised view, stale", f"{PICK}SELECT lead, score FROM score_stored WHERE lead = :lead"),
        ("funnel", "view, floating point: temperatures alone",
         "SELECT count(*) FILTER (WHERE score >= 40), count(*) FILTER (WHERE score >= 10), count(*) FROM score"),
    ]
    if rows <= scaled(100_000):
        queries.append(("top 100", "view, numeric", top("score_numeric")))
    refresh = seconds("REFRESH MATERIALIZED VIEW CONCURRENTLY score_stored", "reads")
    note("reads", "all scores brought up to date", "REFRESH … CONCURRENTLY", column, refresh * 1000)
    sql("VACUUM (ANALYZE) score_stored", "reads")
    measure_queries("reads", queries, "reads", column, {"leads": leads}, 15)
    if leads < scaled(1_000_000):
        sql("SELECT lead_temperature.untrack('event')", "reads")
        note("replay", made, "track(), funnel_counts", size(rows), rows / seconds("\\i tracked_counts.sql", "reads"))
        vacuum("reads")
        measure_queries("reads", [("funnel", NAMES["tracked_counts"], "SELECT * FROM event_funnel")], "reads", column, {}, 5)
    archive_at(rows)
    drop("reads")


def replay_at(made, rows):
    """A replay of all rows, its speed and its memory, and a state made by hand."""
    megabytes, took = memory("CALL lead_temperature.replay('event');", "reads")
    note("replay", made, "replay()", size(rows), rows / took)
    note("memory", "replay()", "tracked", size(rows), megabytes)
    note("replay", made, "by hand", size(rows), rows / seconds("\\i state.sql", "reads"))
    sql("DROP TABLE lead", "reads")


def archive_at(rows):
    """Archiving the older half of the rows, and a replay from the balances."""
    took = seconds(f"SELECT lead_temperature.archive('event', now() - interval '10 days');", "reads")
    note("replay", "rows archived: the older half", "archive()", size(rows), rows / 2 / took)
    sql("DELETE FROM event WHERE at < now() - interval '10 days'; VACUUM event;", "reads")
    took = seconds("CALL lead_temperature.replay('event');", "reads")
    note("replay", "state made of the newer half and the balances", "replay()", size(rows), rows / 2 / took)


def bulk():
    """Bulk loads into empty and existing state."""
    rows = scaled(1_000_000)
    tracked = ["tracked", "tracked_counts"]
    sql("CREATE SCHEMA IF NOT EXISTS staging")
    half = {"new leads": ("20 days", "10 days"), "existing leads": ("10 days", "0")}
    for per_lead in 10, 1, 100:
        for what, (since, until) in half.items():
            source = f"SELECT * FROM bench.rows({rows}, {max(1, rows // per_lead)}, '{since}', '{until}')"
            sql(f"COPY ({source}) TO '{work}/{what}'")
            if per_lead == 10:
                sql(f'CREATE UNLOGGED TABLE staging."{what}" AS {source}; VACUUM (ANALYZE) staging."{what}"')

        if per_lead == 10:
            def select(peer, what):
                return insert(peer, f'SELECT lead, kind, at FROM staging."{what}"', batch=True)

            for i in rounds(90):
                for peer in in_turn(["plain", *tracked, "upsert", "statement_trigger"], i):
                    load_twice("INSERT … SELECT", peer, "10", {what: select(peer, what) for what in half})
            load_twice("INSERT … SELECT", "row_trigger", "10", {what: select("row_trigger", what) for what in half})
            drop("staging")

        copy = {what: f"COPY event (lead, kind, at) FROM '{work}/{what}';" for what in half}
        for i in rounds(60 if per_lead == 10 else 30):
            for peer in in_turn(["plain", "tracked", "statement_trigger"], i):
                load_twice("COPY", peer, str(per_lead), copy)


def load_twice(way, peer, column, loads):
    """Measure a load into empty tables of a peer, and the next one."""
    create(peer, "bulk")
    for what, load in loads.items():
        note("bulk", f"{way}, {what}", NAMES[peer], column, seconds(load, "bulk"))
    drop("bulk")


def measure_rates(table, group, column, peers, scripts, clients, variables, i, factor=1, warm_up=1, duration=1,
                  **settings):
    """Measure the rates of the peers in turn, each from a state without dead rows."""
    for peer in in_turn(peers, i):
        state = "event_lead" if peer.startswith("tracked") else "lead"
        if peer != "plain":
            sql(f"VACUUM {state}", peer)
        tps = rate(scripts[peer], peer, clients, warm_up, duration, variables, **settings)
        note(table, group, NAMES[peer], column, tps * factor)


def all_peers():
    """The peers that keep a state, after the plain table."""
    return ["plain", "tracked", "tracked_counts", *HAND_WRITTEN]


def inserts():
    """Inserts of one and of many rows into existing state."""
    leads = scaled(100_000)
    peers = all_peers()
    for peer in peers:
        create(peer, peer, 10 * leads, leads)
    sql("CHECKPOINT")
    variables = {"leads": leads}

    def one_row(peer, lead):
        values = "VALUES (:lead, (bench.kinds())[:kind], now())"
        return f"\\set lead {lead}\n\\set kind random(1, 100)\n" + insert(peer, values)

    uniform = {peer: one_row(peer, "random(1, :leads)") for peer in peers}
    skewed = {peer: one_row(peer, "random_zipfian(1, :leads, 1.1)") for peer in peers}
    def single(group, clients, scripts, i, **settings):
        measure_rates("single", group, str(clients), peers, scripts, clients, variables, i, warm_up=WARM_UP, duration=DURATION, **settings)

    for clients in 1, 8:
        for commit in "off", "on":
            single(f"synchronous_commit = {commit}", clients, uniform, 0, synchronous_commit=commit)
    single("Zipf leads, synchronous_commit = off", 4, skewed, 0)
    for i in rounds(30):
        for n in 10, 100, 1000:
            values = f"""SELECT 1 + floor(random() * {leads})::bigint, (bench.kinds())[1 + floor(random() * 100)::integer], now()
                FROM generate_series(1, {n})"""
            batches = {peer: insert(peer, values, batch=True) for peer in peers}
            measure_rates("batch", "random leads", str(n), peers, batches, 1, variables, i, factor=n)

    # what there are targets for, as often as the time that is left allows
    for i in rounds(max(60, (0.95 * LIMIT * max(SCALE, 1) - elapsed()) / SCALE)):
        for commit in "off", "on":
            single(f"synchronous_commit = {commit}", 4, uniform, i, synchronous_commit=commit)
    drop(*peers)


def acting():
    """Inserts where consent, handoff and write-back rest on the state, beside the state alone and a trigger that does the same."""
    leads = scaled(100_000)
    peers = ["tracked", "tracked_acting", "acting_trigger"]
    for peer in peers:
        create(peer, peer, 10 * leads, leads)
    sql("CHECKPOINT")
    one = "\\set lead random(1, :leads)\n\\set kind random(1, 100)\n" + insert("tracked", "VALUES (:lead, (bench.kinds())[:kind], now())")
    many = insert("tracked", f"""SELECT 1 + floor(random() * {leads})::bigint, (bench.kinds())[1 + floor(random() * 100)::integer], now()
        FROM generate_series(1, 100)""")
    for i in rounds(40):
        for n, script, clients in (1, one, 4), (100, many, 1):
            measure_rates("acting", "random leads", str(n), peers, {peer: script for peer in peers}, clients, {"leads": leads}, i, factor=n,
                          warm_up=2)
    drop(*peers)


def learning():
    """What is read from the history of the rows, beside heat_agg over as many."""
    of_each = "heat of each lead"
    leads_as_of = "SELECT count(heat) FROM lead_temperature.leads_as_of('event', now())"
    of_time = "'event', now() - interval '20 days', now() - interval '14 days 1 hour', '1 day'"
    queries = [
        (of_each, "leads_as_of", leads_as_of),
        (of_each, "heat_agg … GROUP BY lead",
         "SELECT count(heat) FROM (SELECT lead_temperature.heat_agg(points, at, '14 days') AS heat FROM raw GROUP BY lead) AS leads"),
        ("funnel at 481 instants", "funnel_history",
         "SELECT count(*) FROM lead_temperature.funnel_history('event', now() - interval '20 days', now(), '1 hour')"),
        ("open leads at 6 instants", "observations", f"SELECT count(*) FROM lead_temperature.observations({of_time})"),
        ("open leads at 6 instants", "evaluate", f"SELECT count(*) FROM lead_temperature.evaluate({of_time})"),
    ]
    for rows in scaled(100_000), scaled(1_000_000):
        create("tracked", "learning", rows, rows // 10)
        sql("""CREATE TABLE raw AS SELECT lead, at, coalesce(points, 0) AS points FROM event JOIN points USING (kind);
            CREATE INDEX ON raw (lead, at);
            VACUUM (ANALYZE) raw;""", "learning")
        measure_queries("history", queries, "learning", size(rows), {}, 15)
        note("history", of_each, "leads_as_of, work_mem = 4 MB", size(rows), latency(leads_as_of, "learning", work_mem="4MB"))
    drop("learning")
    for rows in scaled(1_000_000), scaled(10_000_000):
        train_at(rows)


def train_at(rows):
    """A model trained on so many rows, in which some kinds are followed by purchases."""
    leads = rows // 10
    expected = 10 * (tables["training"].median("seconds", "train()", size(rows // 10)) or 0)
    if rows < 100_000 or not wanted(leads) or (expected > LIMIT / 10 * max(SCALE, 1) and not os.environ.get("SCALE_MAX")):
        say(f"training on {size(rows)} rows: left out")
        return
    sql(f"""DROP SCHEMA IF EXISTS training CASCADE; CREATE SCHEMA training;
        CREATE TABLE training.event AS
        SELECT 1 + (hashint8(i * 7) & 2147483647) % {leads}::bigint AS lead, CASE WHEN kind = 'purchase' THEN 'visit' ELSE kind END AS kind, at
        FROM (SELECT row_number() OVER () AS i, kind, at FROM bench.rows({rows}, {leads}, '90 days', '0')) AS r;
        INSERT INTO training.event
        SELECT lead, 'purchase', at + interval '5 days' FROM training.event
        WHERE kind IN ('demo_request', 'question', 'add_to_cart') AND hashint8(lead) % 4 = 0 AND at < now() - interval '5 days';
        CREATE INDEX ON training.event (lead, at);
        VACUUM (ANALYZE) training.event;
        SELECT lead_temperature.track('training.event', 'lead', 'kind', 'at', model => 'bench', backfill => false);""")
    train = f"SELECT auc FROM lead_temperature.train('event', model => 'bench {rows}') WHERE ranking = 'trained';"
    megabytes, took = memory(train, "training")
    note("training", "seconds", "train()", size(rows), took)
    note("training", "MB by which the backend's address space grew", "train()", size(rows), megabytes)
    sql(f"DELETE FROM lead_temperature.model WHERE name = 'bench {rows}'")
    drop("training")


def changes():
    """Late rows, updates and deletes, which replay their lead, by the rows of a lead."""
    rows = scaled(300_000)
    late = "VALUES (:lead, (bench.kinds())[:kind], now() - interval '5 days' * (1 + random()))"
    pick = "\\set lead random(1, :leads)\n\\set kind random(1, 100)\n"
    loads = {"late row": ["plain", "tracked", "upsert", "row_trigger"], "update of an unrelated column": ["plain", "tracked"],
             "update of the kind": ["plain", "tracked"], "delete": ["plain", "tracked"]}
    files = {"update of an unrelated column": "update_unrelated", "update of the kind": "update_kind", "delete": "delete"}
    for per_lead in 10, 100, 1000:
        leads = max(1, rows // per_lead)
        for peer in loads["late row"]:
            create(peer, peer, rows, leads)
        sql("CHECKPOINT")
        for i in rounds(20):
            for load, peers in loads.items():
                if load == "late row":
                    scripts = {peer: pick + insert(peer, late) for peer in peers}
                else:
                    text = pick + (here / "loads" / f"{files[load]}.sql").read_text()
                    scripts = {peer: text for peer in peers}
                measure_rates("changes", load, f"{per_lead:,}", peers, scripts, 1, {"leads": leads}, i)
    drop(*loads["late row"])


def bloat():
    """Size of the state before and after updates, by fillfactor, with autovacuum on."""
    leads = scaled(40_000)
    sql("ALTER SYSTEM SET autovacuum = on")
    sql("ALTER SYSTEM SET autovacuum_naptime = '5s'")
    sql("SELECT pg_reload_conf()")
    relations = {"heap": "event_lead", "primary key": "event_lead_pkey", "index on level": "event_lead_level_idx"}

    def sizes(fillfactor, when):
        for name, relation in relations.items():
            bytes = int(sql(f"SELECT pg_relation_size('{relation}')", "bloat"))
            note("bloat", name, f"fillfactor {fillfactor}", when, bytes / leads)

    batch = f"""INSERT INTO event (lead, kind, at)
        SELECT 1 + floor(random() * {leads})::bigint, (bench.kinds())[1 + floor(random() * 100)::integer], now()
        FROM generate_series(1, 100);"""
    for fillfactor in 100, 90, 80:
        create("tracked", "bloat")
        sql(f"ALTER TABLE event_lead SET (fillfactor = {fillfactor})", "bloat")
        sql(f"INSERT INTO event (lead, kind, at) SELECT * FROM bench.rows({leads}, {leads}, '20 days', '1 day')", "bloat")
        sizes(fillfactor, "loaded")
        took = seconds(f"DO $$ BEGIN FOR i IN 1 .. {leads // 10} LOOP {batch} COMMIT; END LOOP; END $$;", "bloat")
        sizes(fillfactor, "after 10 updates a lead")
        updated, hot = sql("""SELECT pg_stat_clear_snapshot(), pg_sleep(1);
            SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_user_tables
            WHERE relid = 'event_lead'::regclass""", "bloat").splitlines()[-1].split()
        note("fillfactor", "100 rows a statement", f"fillfactor {fillfactor}", "rows a second", 10 * leads / took)
        note("fillfactor", "100 rows a statement", f"fillfactor {fillfactor}", "heap-only updates, %",
             100 * int(hot) / max(1, int(updated)))
        drop("bloat")
    sql("ALTER SYSTEM RESET ALL")
    sql("SELECT pg_reload_conf()")


parts = {
    "aggregates": aggregates,
    "reads": reads,
    "most_leads": most_leads,
    "bulk": bulk,
    "acting": acting,
    "changes": changes,
    "bloat": bloat,
    "learning": learning,
    "inserts": inserts,                         # last: as many rounds as the time that is left allows
}


# Report


def targets():
    """What was to be reached, and was."""
    rows, most = size(scaled(1_000_000)), size(scaled(10_000_000))
    t = tables
    ours, plain, upsert, row, statement = (NAMES[p] for p in ["tracked", "plain", *HAND_WRITTEN])
    result = [
        Target(f"heat_agg over {rows} rows ÷ sum(float8) over them",
               t["aggregates"].ratio("all rows", "lead_temperature", "sum(float8)", rows), "≤", 1.5),
        Target("temperature of all leads from raw rows: how many times faster than floating point",
               t["aggregates"].ratio("temperature of each lead", "floating point", "lead_temperature", rows), "≥", 2),
        Target("the same, than numeric",
               t["aggregates"].ratio("temperature of each lead", "numeric", "lead_temperature", rows), "≥", 20),
    ]
    for load in "INSERT … SELECT", "COPY":
        for what, bound in ("new leads", 1.5), ("existing leads", 1.8):
            result.append(Target(f"{load} of {rows} rows, 10 a lead, {what}: time of tracked ÷ plain",
                                 t["bulk"].ratio(f"{load}, {what}", ours, plain, "10"), "≤", bound))
    for what in "new leads", "existing leads":
        result.append(Target(f"INSERT … SELECT, {what}: how many times faster than a plpgsql row trigger",
                             t["bulk"].ratio(f"INSERT … SELECT, {what}", row, ours, "10"), "≥", 4))
    for peer, sign in (upsert, "≥"), (row, ">"), (statement, ">"):
        for commit in "off", "on":
            result.append(Target(f"single rows, 4 clients, synchronous_commit = {commit}: rate of tracked ÷ {peer}",
                                 t["single"].ratio(f"synchronous_commit = {commit}", ours, peer, "4"), sign, 1))
    for n in "1", "100":
        result.append(Target(f"rows a statement: {n}, random leads: rate of tracked with all that acts ÷ the plpgsql trigger that does the same",
                             t["acting"].ratio("random leads", NAMES["tracked_acting"], NAMES["acting_trigger"], n), "≥", 1))
    for query in "top 100", "100 hot ones":
        times = [v for v in (t["reads"].median(query, ours, c) for c in t["reads"].columns) if v is not None]
        columns = f"{t['reads'].columns[0]} to {t['reads'].columns[-1]} leads" if times else f"up to {most} leads"
        result.append(Target(f"{query} of {columns}: the slowest", max(times, default=None), "<", 1, " ms"))
        result.append(Target(f"{query} of {columns}: the slowest ÷ the fastest",
                             max(times) / min(times) if times else None, "≤", 2))
    result.append(Target(f"funnel view over {rows} leads ÷ SELECT stage, count(*) … GROUP BY 1",
                         t["reads"].ratio("funnel", ours, "GROUP BY stage of the state", rows), "≤", 1.3))
    if any(peer == NAMES["tracked_counts"] for _, peer in t["reads"].values):
        result.append(Target(f"funnel view over {most} leads from counts",
                             t["reads"].median("funnel", NAMES["tracked_counts"], most), "<", 10, " ms"))
    result.append(Target(f"replay of {most} rows", t["replay"].median("state made of all rows", "replay()", most), "≥", 1e6, " rows/s"))
    result.append(Target(f"leads_as_of over {rows} rows ÷ heat_agg … GROUP BY lead",
                         t["history"].ratio("heat of each lead", "leads_as_of", "heat_agg … GROUP BY lead", rows), "≤", 1.5))
    result.append(Target(f"train over {most} rows of {size(scaled(1_000_000))} leads",
                         t["training"].median("seconds", "train()", most), "≤", 300, " s"))
    work_mem = float(sql("SELECT setting::integer / 1024.0 FROM pg_settings WHERE name = 'work_mem'"))
    grown = t["memory"].median("replay()", ours, most)
    result.append(Target(f"memory of a replay of {most} rows ÷ work_mem", grown and grown / work_mem, "≤", 1.5))
    result.append(Target(f"state, heap, {rows} leads", t["state"].median("heap", ours, rows), "≤", 200, " bytes a lead"))
    return result


def machine():
    """The machine, as it tells itself."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    kilobytes = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1])
    mounts = [line.split() for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
    filesystem = max((m for m in mounts if f"{work}/".startswith(m[1].rstrip("/") + "/")), key=lambda m: len(m[1]))[2]
    return [
        ["processor", f"{cpu[1] if cpu else os.uname().machine}, {os.cpu_count()} cores"],
        ["memory", f"{kilobytes / 1024 ** 2:.0f} GB"],
        ["file system", filesystem],
        ["kernel", f"{os.uname().sysname} {os.uname().release}"],
    ]


def environment():
    """Machine, versions and settings of the run."""
    names = ("shared_buffers work_mem maintenance_work_mem max_wal_size checkpoint_timeout wal_level fsync full_page_writes "
             "max_parallel_workers_per_gather jit random_page_cost").split()
    settings = ", ".join(f"{name} = {sql(f'SHOW {name}')}" for name in names)
    version = sql("SELECT extversion FROM pg_extension WHERE extname = 'lead_temperature'")
    commit = os.environ.get("BENCH_COMMIT")
    assignments = "".join(f" {n}={os.environ[n]}" for n in ("SCALE", "SCALE_MAX", "PARTS", "PG") if os.environ.get(n))
    lines = [
        ["command", f"`make bench{assignments}`"],
        ["date", time.strftime("%Y-%m-%d")],
        ["lead_temperature", version + (f" ({commit})" if commit else "")],
        ["server", sql("SELECT version()")],
        *machine(),
        ["settings", f"{settings}, autovacuum = off except where said, synchronous_commit = off except where said"],
        ["indexes", "(lead, at) on the interactions of every peer, the primary key and one on level or score on every state"],
        ["method", "reads: median latency as pgbench logs it, one client, simple protocol; rates: pgbench for "
                   f"1 s after 1 s that does not count, for single rows {DURATION} s after {WARM_UP} s, "
                   "prepared; bulk loads, replays and refreshes: psql's \\timing. Peers in turn, each round in another order"],
    ]
    return "## Machine, settings, method\n\n" + "\n".join(f"- {name}: {text}" for name, text in lines)


def report(times):
    """The document."""
    notes = re.sub(r"<!--.*?-->", "", (here / "notes.md").read_text(), flags=re.DOTALL).strip()
    pieces = [
        "# Benchmarks",
        "Written by `make bench` (test/bench) from one run, text and figures; not edited by hand. Every peer was "
        "measured in the same run.",
        environment(),
        targets_markdown(targets()),
        *([notes] if notes else []),
        *[table.markdown() for table in tables.values() if table.values],
        "## Time of the run\n\n" + grid(["part", "seconds"], [[name, f"{took:.0f}"] for name, took in times.items()], 1),
    ]
    return "\n\n".join(pieces) + "\n"


def main():
    """Measure the parts wanted and write the report."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    unknown = set(PARTS) - set(parts)
    if unknown:
        sys.exit(f"no such part: {', '.join(unknown)}; there are: {', '.join(parts)}")
    sql((here / "bench.sql").read_text())
    times = {"build and start": elapsed()}
    for name, part in parts.items():
        if not PARTS or name in PARTS:
            begun = elapsed()
            part()
            times[name] = elapsed() - begun
            say(f"{name} took {times[name]:.0f} s")
    times["all"] = elapsed()
    (work / "benchmarks.md").write_text(report(times))


main()
