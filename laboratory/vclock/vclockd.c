/*
 * vclockd: moves the shared virtual clock to the next deadline whenever every thread of every
 * participating process sleeps. It reads the kernel's own view of each thread (/proc), because a
 * thread that was just woken by another one is runnable there at once, and it looks at the count of
 * waits before and after, so that nothing can have run in between unseen.
 *
 * usage: vclockd create FILE EPOCH_SECONDS    make the shared file; the clock will show EPOCH
 *        vclockd run FILE                     move the clock until killed
 */
#define _GNU_SOURCE
#include "shared.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000LL

static struct vclock_shared *shared;

static int64_t now_real(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * NS + t.tv_nsec;
}

static void nap(long us)
{
    struct timespec t = {.tv_nsec = us * 1000};
    nanosleep(&t, NULL);
}

static void map_file(const char *path, int flags)
{
    int fd = open(path, O_RDWR | flags, 0600);
    if (fd < 0 || ftruncate(fd, sizeof *shared) != 0) {
        perror(path);
        exit(1);
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
}

/* The state letter of one thread; 'X' when it is gone. */
static char thread_state(int pid, const char *tid)
{
    char path[320], text[512];
    snprintf(path, sizeof path, "/proc/%d/task/%s/stat", pid, tid);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return 'X';
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0)
        return 'X';
    text[length] = 0;
    char *end = strrchr(text, ')');
    return end && end[1] == ' ' ? end[2] : 'R';
}

/*
 * Whether a thread that seems to sleep is still at work: the kernel prints S, too, for one that has
 * set about to sleep and has not got there, as when a parent asks for an ended child; where others
 * want the processor, that lasts. The kernel tells the system call only of one that is off it.
 */
static int still_running(int pid, const char *tid)
{
    char path[320], text[8];
    snprintf(path, sizeof path, "/proc/%d/task/%s/syscall", pid, tid);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return 0;
    ssize_t length = read(fd, text, sizeof text);
    close(fd);
    return length >= 7 && memcmp(text, "running", 7) == 0;
}

/* Nothing left of a process, not even a look that failed while it was busy dying. */
static int process_gone(int pid)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return errno == ENOENT || errno == ESRCH;
    ssize_t length = read(fd, text, sizeof text - 1);
    int failed = errno;
    close(fd);
    if (length <= 0)
        return length < 0 && failed == ESRCH;
    text[length] = 0;
    char *end = strrchr(text, ')');
    return end && (end[2] == 'Z' || end[2] == 'X');
}

static int process_asleep(int index, int pid, int closely)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *threads = opendir(path);
    if (!threads) {
        if (!process_gone(pid))
            return 0;
        atomic_store(&shared->pids[index], 0);
        return 1;
    }
    int asleep = 1, living = 0;
    struct dirent *entry;
    while (asleep && (entry = readdir(threads))) {
        if (entry->d_name[0] == '.')
            continue;
        char state = thread_state(pid, entry->d_name);
        if (state != 'Z' && state != 'X')
            living++;
        if (state != 'S' && state != 'Z' && state != 'X')
            asleep = 0;
        else if (closely && state == 'S' && still_running(pid, entry->d_name))
            asleep = 0;
    }
    closedir(threads);
    if (!asleep || living)
        return asleep;
    if (!process_gone(pid))
        return 0;
    atomic_store(&shared->pids[index], 0);
    return 1;
}

static int all_asleep(int closely)
{
    for (int i = 0; i < VCLOCK_PIDS; i++) {
        int pid = atomic_load(&shared->pids[i]);
        if (pid && !process_asleep(i, pid, closely))
            return 0;
    }
    return 1;
}

/* The next deadline of a thread that still exists; slots of killed threads are freed. */
static int64_t next_deadline(void)
{
    int64_t next = 0;
    for (int i = 0; i < VCLOCK_SLOTS; i++) {
        struct vclock_slot *slot = &shared->slots[i];
        int tid = atomic_load(&slot->tid);
        if (!tid)
            continue;
        int64_t deadline = atomic_load(&slot->deadline);
        if (!deadline || (next && deadline >= next))
            continue;
        if (slot->pid && syscall(SYS_tgkill, slot->pid, tid, 0) != 0) {
            atomic_store(&slot->deadline, 0);
            atomic_store(&slot->tid, 0);
            continue;
        }
        next = deadline;
    }
    return next;
}

static void wake_until(int64_t now)
{
    for (int i = 0; i < VCLOCK_SLOTS; i++) {
        struct vclock_slot *slot = &shared->slots[i];
        int tid = atomic_load(&slot->tid);
        int64_t deadline = atomic_load(&slot->deadline);
        if (tid && deadline && deadline <= now)
            syscall(SYS_tgkill, slot->pid, tid, VCLOCK_WAKE);
    }
}

static void run(void)
{
    for (;;) {
        uint64_t generation = atomic_load(&shared->generation);
        nap(60);
        if (atomic_load(&shared->generation) != generation)
            continue;
        int64_t next = next_deadline();
        if (!next) {
            nap(500);
            continue;
        }
        /* twice: one may have woken another that had been looked at before */
        if (!all_asleep(0) || !all_asleep(1)) {
            nap(150);
            continue;
        }
        if (atomic_load(&shared->generation) != generation)
            continue;
        int64_t ahead = next - (now_real() + atomic_load(&shared->offset));
        if (ahead <= 0) {
            wake_until(next);
            continue;
        }
        atomic_fetch_add(&shared->offset, ahead);
        atomic_fetch_add(&shared->jumps, 1);
        wake_until(next);
    }
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "create") == 0) {
        map_file(argv[2], O_CREAT | O_TRUNC);
        shared->started = now_real();
        shared->wall = (int64_t)(atof(argv[3]) * 1e9) - shared->started;
        shared->magic = VCLOCK_MAGIC;
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "run") == 0) {
        map_file(argv[2], 0);
        run();
    }
    fprintf(stderr, "usage: vclockd create FILE EPOCH | vclockd run FILE\n");
    return 2;
}
