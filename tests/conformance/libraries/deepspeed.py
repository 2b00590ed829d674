"""DeepSpeed: the recorded steps are `last_batch_iteration`, as in `pywarmup.compat.deepspeed`."""

DEVIATIONS = ()
