-- Invariant: on this connection, the graph of a hundred thousand vectors is made in memory; what goes beyond takes far longer.
SELECT set_config('maintenance_work_mem', '256MB', false)
