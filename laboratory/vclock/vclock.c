/*
 * vclock: one virtual clock for all processes that preload this library.
 *
 * Virtual time runs as fast as real time while anything works, and is moved forward by the
 * coordinator (vclockd.c) while everything sleeps. No timeout is shortened: a wait of 28 s ends
 * 28 virtual seconds after it began. Every timed wait registers its deadline in shared memory, and
 * is interrupted by a signal when the clock has been moved past it. That signal is blocked except
 * inside the wait itself (ppoll, pselect and epoll_pwait unblock it atomically), so it cannot be
 * lost, and no other system call is ever interrupted by it.
 */
#define _GNU_SOURCE
#include "shared.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000LL
#define SLICE 2000000LL      /* futex waits cannot take a signal mask; they look at the clock this often */
#define UNREGISTERED 8000000LL /* CPython's 5 ms wait for its interpreter lock is no sleep */

static struct vclock_shared *shared;
static __thread struct vclock_slot *my_slot;
static __thread volatile sig_atomic_t woken;
static pthread_key_t slot_key;

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_epoll_pwait)(int, struct epoll_event *, int, int, const sigset_t *);
static int (*real_ppoll)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
static int (*real_pselect)(int, fd_set *, fd_set *, fd_set *, const struct timespec *, const sigset_t *);
static int (*real_cond_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*real_cond_clockwait)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
static int (*real_sem_timedwait)(sem_t *, const struct timespec *);
static int (*real_sem_clockwait)(sem_t *, clockid_t, const struct timespec *);
static int (*real_sem_wait)(sem_t *);
static pid_t (*real_fork)(void);
static int (*real_execve)(const char *, char *const[], char *const[]);

static void *find(const char *name, const char *version)
{
    void *found = version ? dlvsym(RTLD_NEXT, name, version) : NULL;
    return found ? found : dlsym(RTLD_NEXT, name);
}

static void resolve(void)
{
    if (real_execve)
        return;
    real_clock_gettime = find("clock_gettime", NULL);
    real_epoll_pwait = find("epoll_pwait", NULL);
    real_ppoll = find("ppoll", NULL);
    real_pselect = find("pselect", NULL);
    /* the unversioned lookup may return the incompatible first version of this one */
    real_cond_timedwait = find("pthread_cond_timedwait", "GLIBC_2.3.2");
    real_cond_clockwait = find("pthread_cond_clockwait", NULL);
    real_sem_timedwait = find("sem_timedwait", NULL);
    real_sem_clockwait = find("sem_clockwait", NULL);
    real_sem_wait = find("sem_wait", NULL);
    real_fork = find("fork", NULL);
    real_execve = find("execve", NULL);
}

static int64_t to_ns(const struct timespec *t) { return t->tv_sec * NS + t->tv_nsec; }

static struct timespec from_ns(int64_t ns)
{
    if (ns < 0)
        ns = 0;
    return (struct timespec){.tv_sec = ns / NS, .tv_nsec = ns % NS};
}

static int64_t real_now(clockid_t clock)
{
    struct timespec t;
    real_clock_gettime(clock, &t);
    return to_ns(&t);
}

static int64_t virtual_monotonic(void)
{
    return real_now(CLOCK_MONOTONIC) + atomic_load(&shared->offset);
}

static int is_wall(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

static int is_virtual(clockid_t clock)
{
    return is_wall(clock) || clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW ||
           clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_BOOTTIME;
}

static int64_t virtual_now(clockid_t clock)
{
    return virtual_monotonic() + (is_wall(clock) ? shared->wall : 0);
}

static void on_wake(int signal_number)
{
    (void)signal_number;
    woken = 1;
}

static void register_pid(int pid)
{
    for (int i = 0; i < VCLOCK_PIDS; i++)
        if (atomic_load(&shared->pids[i]) == pid)
            return;
    for (int i = 0; i < VCLOCK_PIDS; i++) {
        int empty = 0;
        if (atomic_compare_exchange_strong(&shared->pids[i], &empty, pid))
            return;
    }
}

static void release_slot(void *slot)
{
    atomic_store(&((struct vclock_slot *)slot)->deadline, 0);
    atomic_store(&((struct vclock_slot *)slot)->tid, 0);
}

static void after_fork_in_child(void)
{
    my_slot = NULL;
    pthread_setspecific(slot_key, NULL);
    register_pid(getpid());
}

__attribute__((constructor)) static void start(void)
{
    resolve();
    const char *path = getenv("VCLOCK_SHM");
    if (!path)
        return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *map = mmap(NULL, sizeof(struct vclock_shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED || ((struct vclock_shared *)map)->magic != VCLOCK_MAGIC)
        return;
    pthread_key_create(&slot_key, release_slot);
    struct sigaction action = {.sa_handler = on_wake};
    sigaction(VCLOCK_WAKE, &action, NULL);
    sigset_t wake;
    sigemptyset(&wake);
    sigaddset(&wake, VCLOCK_WAKE);
    pthread_sigmask(SIG_BLOCK, &wake, NULL); /* later threads inherit the mask */
    shared = map;
    register_pid(getpid());
    pthread_atfork(NULL, NULL, after_fork_in_child);
}

static void begin_wait(int64_t deadline)
{
    if (!my_slot) {
        int tid = (int)syscall(SYS_gettid);
        for (int i = 0; i < VCLOCK_SLOTS; i++) {
            int empty = 0;
            if (atomic_compare_exchange_strong(&shared->slots[i].tid, &empty, tid)) {
                my_slot = &shared->slots[i];
                my_slot->pid = getpid();
                pthread_setspecific(slot_key, my_slot);
                break;
            }
        }
    }
    if (my_slot)
        atomic_store(&my_slot->deadline, deadline);
    atomic_fetch_add(&shared->generation, 1);
}

static void end_wait(void)
{
    int saved = errno;
    if (my_slot)
        atomic_store(&my_slot->deadline, 0);
    atomic_fetch_add(&shared->generation, 1);
    errno = saved;
}

/* The signal mask for inside the wait: the caller's, with the wake signal let through. */
static sigset_t mask_for_wait(const sigset_t *wanted)
{
    sigset_t mask;
    if (wanted)
        mask = *wanted;
    else
        pthread_sigmask(SIG_BLOCK, NULL, &mask);
    sigdelset(&mask, VCLOCK_WAKE);
    return mask;
}

/* True if a wait ended only because the coordinator moved the clock. */
static int only_woken(int result)
{
    if (result == -1 && errno == EINTR && woken) {
        woken = 0;
        return 1;
    }
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
    resolve();
    if (!shared || !is_virtual(clock))
        return real_clock_gettime(clock, t);
    *t = from_ns(virtual_now(clock));
    return 0;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec;
    t->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

int epoll_pwait(int fd, struct epoll_event *events, int room, int timeout, const sigset_t *wanted)
{
    resolve();
    if (!shared || timeout == 0)
        return real_epoll_pwait(fd, events, room, timeout, wanted);
    int64_t deadline = timeout < 0 ? 0 : virtual_monotonic() + timeout * 1000000LL;
    sigset_t mask = mask_for_wait(wanted);
    int result;
    begin_wait(deadline);
    for (;;) {
        int64_t left = deadline ? deadline - virtual_monotonic() : 0;
        int ms = !deadline ? -1 : left <= 0 ? 0 : (int)((left + 999999) / 1000000);
        result = real_epoll_pwait(fd, events, room, ms, &mask);
        if (!only_woken(result))
            break;
    }
    end_wait();
    return result;
}

int epoll_wait(int fd, struct epoll_event *events, int room, int timeout)
{
    return epoll_pwait(fd, events, room, timeout, NULL);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *wanted)
{
    resolve();
    if (!shared || (timeout && to_ns(timeout) == 0))
        return real_ppoll(fds, count, timeout, wanted);
    int64_t deadline = timeout ? virtual_monotonic() + to_ns(timeout) : 0;
    sigset_t mask = mask_for_wait(wanted);
    int result;
    begin_wait(deadline);
    for (;;) {
        struct timespec left = from_ns(deadline - virtual_monotonic());
        result = real_ppoll(fds, count, deadline ? &left : NULL, &mask);
        if (!only_woken(result))
            break;
    }
    end_wait();
    return result;
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    struct timespec t = from_ns(timeout * 1000000LL);
    return ppoll(fds, count, timeout < 0 ? NULL : &t, NULL);
}

int pselect(int n, fd_set *r, fd_set *w, fd_set *e, const struct timespec *timeout, const sigset_t *wanted)
{
    resolve();
    if (!shared || (timeout && to_ns(timeout) == 0))
        return real_pselect(n, r, w, e, timeout, wanted);
    int64_t deadline = timeout ? virtual_monotonic() + to_ns(timeout) : 0;
    sigset_t mask = mask_for_wait(wanted);
    int result;
    begin_wait(deadline);
    for (;;) { /* on EINTR the sets are left as they were */
        struct timespec left = from_ns(deadline - virtual_monotonic());
        result = real_pselect(n, r, w, e, deadline ? &left : NULL, &mask);
        if (!only_woken(result))
            break;
    }
    end_wait();
    return result;
}

int select(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval *timeout)
{
    struct timespec t;
    if (timeout)
        t = from_ns(timeout->tv_sec * NS + timeout->tv_usec * 1000LL);
    return pselect(n, r, w, e, timeout ? &t : NULL, NULL);
}

static int sleep_until(int64_t deadline, struct timespec *rest)
{
    sigset_t mask = mask_for_wait(NULL);
    int interrupted = 0;
    begin_wait(deadline);
    for (;;) {
        int64_t left = deadline - virtual_monotonic();
        if (left <= 0)
            break;
        struct timespec t = from_ns(left);
        int result = real_ppoll(NULL, 0, &t, &mask);
        if (result == -1 && !only_woken(result)) {
            interrupted = 1;
            break;
        }
    }
    end_wait();
    if (!interrupted)
        return 0;
    if (rest)
        *rest = from_ns(deadline - virtual_monotonic());
    return EINTR;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *rest)
{
    resolve();
    if (!shared || !is_virtual(clock))
        return (int)-syscall(SYS_clock_nanosleep, clock, flags, wanted, rest);
    int64_t now = virtual_monotonic();
    int64_t length = to_ns(wanted) - (flags & TIMER_ABSTIME ? virtual_now(clock) : 0);
    return sleep_until(now + length, flags & TIMER_ABSTIME ? NULL : rest);
}

int nanosleep(const struct timespec *wanted, struct timespec *rest)
{
    resolve();
    if (!shared)
        return (int)syscall(SYS_nanosleep, wanted, rest);
    int result = sleep_until(virtual_monotonic() + to_ns(wanted), rest);
    if (result) {
        errno = result;
        return -1;
    }
    return 0;
}

int usleep(useconds_t us)
{
    struct timespec t = from_ns(us * 1000LL);
    return nanosleep(&t, NULL);
}

unsigned int sleep(unsigned int seconds)
{
    struct timespec t = {.tv_sec = seconds}, rest = {0};
    return nanosleep(&t, &rest) ? (unsigned int)rest.tv_sec : 0;
}

/* An absolute time without its clock: wall clock times are far larger than uptimes. */
static clockid_t clock_of(const struct timespec *t)
{
    return t->tv_sec > 1000000000 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
}

enum kind { COND_TIMED, COND_CLOCK, SEM_TIMED, SEM_CLOCK };

static int futex_wait_once(enum kind kind, void *what, pthread_mutex_t *mutex, clockid_t clock, int64_t until)
{
    struct timespec t = from_ns(until);
    switch (kind) {
    case COND_TIMED: return real_cond_timedwait(what, mutex, &t);
    case COND_CLOCK: return real_cond_clockwait(what, mutex, clock, &t);
    case SEM_TIMED: return real_sem_timedwait(what, &t) ? errno : 0;
    default: return real_sem_clockwait(what, clock, &t) ? errno : 0;
    }
}

static int futex_wait(enum kind kind, void *what, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
    int64_t left = to_ns(until) - virtual_now(clock);
    if (left <= UNREGISTERED)
        return futex_wait_once(kind, what, mutex, clock, real_now(clock) + (left > 0 ? left : 0));
    int result;
    begin_wait(virtual_monotonic() + left);
    do {
        left = to_ns(until) - virtual_now(clock);
        if (left < 0)
            left = 0;
        result = futex_wait_once(kind, what, mutex, clock, real_now(clock) + (left < SLICE ? left : SLICE));
    } while (result == ETIMEDOUT && left > 0);
    end_wait();
    return result;
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until)
{
    resolve();
    if (!shared)
        return real_cond_timedwait(cond, mutex, until);
    return futex_wait(COND_TIMED, cond, mutex, clock_of(until), until);
}

int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
    resolve();
    if (!shared)
        return real_cond_clockwait(cond, mutex, clock, until);
    return futex_wait(COND_CLOCK, cond, mutex, clock, until);
}

static int sem_result(int result)
{
    if (!result)
        return 0;
    errno = result;
    return -1;
}

int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict until)
{
    resolve();
    if (!shared)
        return real_sem_timedwait(sem, until);
    return sem_result(futex_wait(SEM_TIMED, sem, NULL, CLOCK_REALTIME, until));
}

int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict until)
{
    resolve();
    if (!shared)
        return real_sem_clockwait(sem, clock, until);
    return sem_result(futex_wait(SEM_CLOCK, sem, NULL, clock, until));
}

int sem_wait(sem_t *sem)
{
    resolve();
    if (!shared)
        return real_sem_wait(sem);
    begin_wait(0);
    int result = real_sem_wait(sem);
    end_wait();
    return result;
}

/* A child that has not run yet must count as awake, too: its parent may already sleep for it. */
pid_t fork(void)
{
    resolve();
    pid_t child = real_fork();
    if (shared && child > 0)
        register_pid(child);
    return child;
}

/* A child between exec and its constructor must count as awake: announce it before it starts. */
int execve(const char *path, char *const argv[], char *const envp[])
{
    resolve();
    if (shared)
        register_pid(getpid());
    return real_execve(path, argv, envp);
}
