"""Settings for Celery with which the end of a worker process does not lose its task.

    app = Celery("shop")
    app.config_from_object("celeryconfig")

Only for tasks that may run twice: with these settings they do, whenever a worker dies late in one.
"""

# The message is taken from the broker when the task has ended, not when it begins; and if its
# process was killed, it goes back. A task that kills its worker each time comes back for ever:
# see `does not cure`.
task_acks_late = True
task_reject_on_worker_lost = True
# Fetch no more than is worked on: what was fetched and not begun waits behind a long task.
worker_prefetch_multiplier = 1

# The task first gets SoftTimeLimitExceeded and can clean up; a minute later its process is killed.
task_soft_time_limit = 300
task_time_limit = 360
# Redis and SQS give a task to somebody else that was not acknowledged in time: longer than any
# task and any eta or countdown.
broker_transport_options = {"visibility_timeout": 3_600}

# A leak is ended between two tasks, not by the kernel within one.
worker_max_tasks_per_child = 500
worker_max_memory_per_child = 300_000  # kB

# At its start, too, the worker waits for a broker that is not there yet.
broker_connection_retry_on_startup = True
