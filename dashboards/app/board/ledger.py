"""A run as a table that filters, sorts and pages without waiting: DuckDB over the run's Parquet files.

replies    one row a reply: n (as audited), id, rollout, question, modality, …, answer, reply, part, failing, highest,
           and for each axis its probability p_<axis> and whether it fails_<axis>; null = cannot tell
members    one row a clustered reply: n, cluster, x, y
scores     one row a reply and probe, read when it is first asked for: n, probe, score, flagged
quadrants  one row a reply with a place among the four quadrants: n, quadrant, moved, words
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from tempfile import gettempdir
from typing import Any

import duckdb
import pandas as pd

from board.filters import Filter
from faithlens.records import AXES, Axis, Case, Finding, Member, Trace, Verdict
from faithlens.stats import Rate, rate_of
from faithlens.store import PLACES, Dossier, Run

PAGE = 50
"""Rows on one page of a table."""

MEMORY = "600MB"
"""What DuckDB may take before it writes to a temporary folder."""

_VERDICTS = ",\n".join(
    f"max(probability) filter (axis = '{axis}' and not isnan(probability)) as p_{axis}, "
    f"bool_or(flagged) filter (axis = '{axis}') as fails_{axis}"
    for axis in AXES
)
_FAILING = " + ".join(f"coalesce(fails_{axis}, false)::int" for axis in AXES)
_HIGHEST = "greatest(" + ", ".join(f"p_{axis}" for axis in AXES) + ")"

_REPLIES = f"""
create table replies as
with asked as (
    select row_number() over () as place, id, question, options, modality, anatomy, question_type, source, key,
           coalesce('group ' || "group", 'case ' || id) as unit
    from read_parquet(?)
),
told as (
    select case_id, rollout, status, choice, reply, parse_filename(filename) as part,
           substring(reply, think_span[1] + 1, think_span[2] - think_span[1]) as think
    from read_parquet(?, filename = true)
),
judged as (select case_id, rollout, {_VERDICTS} from read_parquet(?) group by all)
select row_number() over (order by place, told.rollout) as n, asked.* exclude (place), told.* exclude (case_id),
       judged.* exclude (case_id, rollout),
       case when choice is null then 'unreadable' when key is null then null
            when choice = key then 'right' else 'wrong' end as answer,
       {_FAILING} as failing, {_HIGHEST} as highest
from told join asked on told.case_id = asked.id
     left join judged on judged.case_id = told.case_id and judged.rollout = told.rollout
order by n
"""

_MEMBERS = """
insert into members
select n, cluster, x, y from read_parquet(?) m join replies r on r.id = m.case_id and r.rollout = m.rollout
"""

_SCORES = """
create table scores as
select n, probe, case when isnan(score) then null else score end as score, flagged,
       case when probe = 'four_quadrants' then metrics end as metrics
from read_parquet(?) f join replies r on r.id = f.case_id and r.rollout = f.rollout
"""

_QUADRANTS = """
create table quadrants as
select n, greatest(0, metrics['tvd_blank'] - metrics['tvd_floor']) as moved,
       greatest(metrics['tvd_reworded'], metrics['tvd_rotated']) as words,
       case when metrics['ideal'] = 1 then 'ideal' when metrics['fragile'] = 1 then 'fragile'
            when metrics['dangerous'] = 1 then 'dangerous' else 'worst' end as quadrant
from scores where probe = 'four_quadrants' and score is not null
"""


class Ledger:
    """The replies of one finished run. Threads may share it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._connection = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY, "temp_directory": gettempdir()})
        self._scoring = threading.Lock()
        self._scored = False
        self._connection.execute(_REPLIES, [self._files(Case), self._files(Trace), self._files(Verdict)])
        self._connection.execute("create table members (n bigint, cluster bigint, x double, y double)")
        if self._files(Member):
            self._connection.execute(_MEMBERS, [self._files(Member)])
        self.replies = int(self._row("select count(*) from replies")[0])
        self._repeats = self.replies > int(self._row("select count(distinct unit) from replies")[0])

    def _files(self, record: type) -> list[str]:
        path = self.run.path / PLACES[record]
        return sorted(map(str, path.glob("part-*.parquet"))) if path.is_dir() else [str(path)] if path.exists() else []

    def _table(self, sql: str, values: Sequence[Any] = ()) -> pd.DataFrame:
        return self._connection.cursor().execute(sql, list(values)).df()

    def _row(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        return self._connection.cursor().execute(sql, list(values)).fetchone() or (None,)

    def _condition(self, chosen: Filter) -> tuple[str, list[Any]]:
        if chosen.quadrant or chosen.flagged:
            self._score()
        return chosen.where()

    def _score(self) -> None:
        """Read the scores of all probes, once: at 100,000 replies that takes seconds."""
        with self._scoring:
            if not self._scored:
                cursor = self._connection.cursor()
                cursor.execute(_SCORES, [self._files(Finding)])
                cursor.execute(_QUADRANTS)
                cursor.execute("alter table scores drop column metrics")
                self._scored = True

    # ------------------------------------------------------------------------------------ replies

    def count(self, chosen: Filter) -> int:
        where, values = self._condition(chosen)
        return int(self._row(f"select count(*) from replies where {where}", values)[0])

    def page(self, chosen: Filter, number: int) -> pd.DataFrame:
        """Rows of one page, counted from 1."""
        where, values = self._condition(chosen)
        fails = ", ".join(f"case when fails_{axis} then '{axis}' end" for axis in AXES)
        return self._table(
            "select id, rollout, question, options, modality, question_type, choice, key, answer, status, highest, "
            f"list_filter([{fails}], lambda x: x is not null) as fails, coalesce(think, reply) as think "
            f"from replies where {where} order by {chosen.order()} limit {PAGE} offset {(number - 1) * PAGE}",
            values,
        )

    def values(self, column: str) -> list[str]:
        """What stands in a column, the commonest first."""
        found = self._table(
            f"select {column} as value from replies where value is not null group by 1 order by count(*) desc, 1"
        )
        return found["value"].tolist()

    def column(self, name: str) -> pd.DataFrame:
        """One column of all replies: id, rollout, question, value."""
        return self._table(f"select id, rollout, question, {name} as value from replies")

    def neighbours(self, chosen: Filter, case_id: str, rollout: int) -> tuple[int, int, list[Any], list[Any]]:
        """Where a reply stands among those chosen (from 1; 0 = it is not among them), how many those are, and the
        (id, rollout) of the one before and the one after, empty at either end.
        """
        where, values = self._condition(chosen)
        window = f"over (order by {chosen.order()})"
        found = self._row(
            f"select place, total, before, after from (select id, rollout, row_number() {window} as place, "
            f"count(*) over () as total, lag([id, rollout::varchar]) {window} as before, "
            f"lead([id, rollout::varchar]) {window} as after from replies where {where}) where id = ? and rollout = ?",
            [*values, case_id, rollout],
        )
        return (
            (0, self.count(chosen), [], [])
            if found[0] is None
            else (found[0], found[1], found[2] or [], found[3] or [])
        )

    def first(self, chosen: Filter) -> tuple[str, int] | None:
        """The first reply of those chosen."""
        where, values = self._condition(chosen)
        found = self._row(f"select id, rollout from replies where {where} order by {chosen.order()} limit 1", values)
        return None if found[0] is None else (found[0], found[1])

    def dossier(self, case_id: str) -> Dossier:
        """Everything about one case, from the parts that hold it. Raises KeyError if there is no such case."""
        parts = self._table("select distinct part from replies where id = ?", [case_id])["part"].tolist()
        return self.run.case(case_id, parts)

    # -------------------------------------------------------------------------------------- rates

    def failing(self, axis: Axis, column: str | None = None) -> dict[str, Rate]:
        """Share that fails on an axis among replies with a verdict, by the values of a column, all as ""."""
        return self._rates(f"fails_{axis}", column)

    def right(self, column: str | None = None) -> dict[str, Rate]:
        """Share of right answers among replies to cases with a key, an unreadable answer counted as wrong."""
        return self._rates("case when key is not null then answer = 'right' end", column)

    def failed(self) -> Rate:
        """Share that fails on at least one axis among replies with any verdict."""
        return self._rates("case when highest is not null then failing > 0 end", None).get("", rate_of({}))

    def untold(self, axis: Axis) -> int:
        """Replies without a verdict on an axis."""
        return int(self._row(f"select count(*) from replies where fails_{axis} is null")[0])

    def _rates(self, hit: str, column: str | None) -> dict[str, Rate]:
        by = f"coalesce({column}, '') as stratum" if column else "'' as stratum"
        inner = f"select {by}, {hit} as hit, unit from replies"
        if self._repeats:
            grouped = (
                f"select stratum, sum(hit::int) as hits, count(*) as size from ({inner}) "
                "where hit is not null group by stratum, unit"
            )
        else:
            grouped = f"select stratum, hit::int as hits, 1 as size from ({inner}) where hit is not null"
        counted: dict[str, dict[tuple[int, int], int]] = defaultdict(dict)
        rows = self._connection.cursor().execute(
            f"select stratum, hits, size, count(*) from ({grouped}) group by all order by all"
        )
        for stratum, hits, size, groups in rows.fetchall():
            counted[stratum][int(hits), int(size)] = int(groups)
        return {stratum: rate_of(counts) for stratum, counts in counted.items()}

    def statuses(self) -> dict[str, int]:
        found = self._table("select status, count(*) as replies from replies group by 1 order by 2 desc, 1")
        return dict(zip(found["status"], found["replies"], strict=True))

    # ------------------------------------------------------------------------------------- probes

    def probes(self) -> pd.DataFrame:
        """One row a probe: replies that it scored, mean score, and how many its published cut-off flags."""
        self._score()
        return self._table(
            "select probe, count(score) as scored, avg(score) as mean, count(*) filter (flagged) as flagged, "
            "count(flagged) as judged, count(*) - count(score) as silent from scores group by 1 order by 1"
        )

    def above(self, probe: str, threshold: float) -> tuple[int, int]:
        """Replies that a probe scores above a threshold, and replies that it scores."""
        self._score()
        found = self._row(
            "select count(*) filter (score > ?), count(score) from scores where probe = ?", [threshold, probe]
        )
        return int(found[0]), int(found[1])

    def histogram(self, probe: str, bins: int = 20) -> pd.DataFrame:
        """Replies by score of a probe, in bins of equal width over [0, 1]."""
        self._score()
        return self._table(
            f"select least(floor(score * {bins}), {bins - 1}) / {bins} as low, count(*) as replies from scores "
            "where probe = ? and score is not null group by 1 order by 1",
            [probe],
        )

    def asked(self) -> list[str]:
        """Names of the probes that the run asked."""
        return sorted(self.run.manifest["plan"]["probes"])

    def quadrants(self) -> dict[str, int]:
        self._score()
        found = self._table("select quadrant, count(*) as replies from quadrants group by 1")
        return dict(zip(found["quadrant"], found["replies"], strict=True))

    def places(self, bins: int = 20) -> pd.DataFrame:
        """Replies among the four quadrants, counted on a grid: moved by a blank image, moved by words and order."""
        self._score()
        return self._table(
            f"select quadrant, (least(floor(moved * {bins}), {bins - 1}) + .5) / {bins} as moved, "
            f"(least(floor(words * {bins}), {bins - 1}) + .5) / {bins} as words, count(*) as replies "
            "from quadrants group by all order by replies desc"
        )

    # ----------------------------------------------------------------------------------- clusters

    def clusters(self) -> list[int]:
        """Numbers of the clusters, -1 for none last; empty where the run keeps no clusters."""
        found = self._table("select distinct cluster from members order by cluster < 0, cluster")
        return [int(cluster) for cluster in found["cluster"]]

    def members(self, most: int = 4000) -> pd.DataFrame:
        """Replies with their place on the map of clusters; always the same sample where there are more."""
        return self._table(
            "select id, rollout, cluster, x, y, question from members join replies using (n) "
            f"order by hash(id) limit {most}"
        )
