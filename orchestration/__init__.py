"""The conductor: knows everyone, computes nothing."""

import os

# Before anybody imports numpy. Models of a company are of small matrices, and companies
# run beside each other: more threads a process would only wait for one another (minutes
# for the health of 150 accounts on two busy cores, seconds with one). They change no
# result. Child processes inherit it; who sets another number keeps it.
for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
