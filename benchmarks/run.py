"""Every benchmark, one after the other: ``make bench``. BENCH_ROWS=1000000 makes a quick run."""

import claude_code_lines
import cost_by_scope
import dashboard
import focus_ingest
import litellm_lines
import planning
import price_events
import receiver
import reconcile
import reingest_day
import request_lines
import startup
from measuring import machine

print(machine(), flush=True)
for benchmark in (
    startup,
    focus_ingest,
    dashboard,
    cost_by_scope,
    reingest_day,
    price_events,
    claude_code_lines,
    litellm_lines,
    request_lines,
    reconcile,
    receiver,
    planning,
):
    benchmark.main()
