"""Settings with which one hung call is no outage: gunicorn -c gunicorn.conf.py app:app

The file must be named gunicorn.conf.py; what is not set here keeps gunicorn's default.
"""

# A process for each processor, as Python computes in one thread at a time.
workers = 2
# Threads wait for databases and other servers; one hung request no longer stops its whole worker,
# and the worker's sign of life goes on. Threads share memory: the application must be safe for it.
worker_class = "gthread"
threads = 8
# For a sync worker the longest request, for gthread a stuck process. Not a limit on requests: give
# the calls in them limits of their own.
timeout = 60
# For requests that run when a worker is told to end; less than the supervisor's TimeoutStopSec.
graceful_timeout = 25
# A leak is ended before it fills the memory, by a worker that ends when it has finished. The jitter
# keeps workers that began together from ending together.
max_requests = 2_000
max_requests_jitter = 400
# Sign of life in memory: on a disk that stands still the workers would be killed for it.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn makes a file of its own there, and unlinks it
# One process that listens hands out the connections; more wait here than at a busy worker.
backlog = 512
