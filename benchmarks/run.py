"""Every benchmark, one after the other: ``make bench``. BENCH_ROWS=1000000 makes a quick run."""

import cost_by_scope
import focus_ingest
import price_events
import reingest_day
import startup
from measuring import machine

print(machine(), flush=True)
for benchmark in (startup, focus_ingest, cost_by_scope, reingest_day, price_events):
    benchmark.main()
