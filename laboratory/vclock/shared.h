/* The state that all processes of a run share: one clock and the list of who sleeps until when. */
#ifndef VCLOCK_SHARED_H
#define VCLOCK_SHARED_H

#include <stdatomic.h>
#include <stdint.h>

#define VCLOCK_MAGIC 0x76636c6f636b3031LL
#define VCLOCK_PIDS 256
#define VCLOCK_SLOTS 4096
#define VCLOCK_WAKE 62 /* a real-time signal that neither CPython nor glibc uses */

struct vclock_slot {
    _Atomic int tid; /* 0 = free */
    int pid;
    _Atomic int64_t deadline; /* virtual monotonic nanoseconds; 0 = not waiting */
};

struct vclock_shared {
    int64_t magic;
    _Atomic int64_t offset; /* virtual monotonic = real monotonic + offset; only ever grows */
    int64_t wall;           /* virtual wall clock = virtual monotonic + wall */
    _Atomic uint64_t generation; /* counts every start and end of a wait */
    _Atomic uint64_t jumps;
    int64_t started; /* real monotonic at creation */
    _Atomic int pids[VCLOCK_PIDS];
    struct vclock_slot slots[VCLOCK_SLOTS];
};

#endif
