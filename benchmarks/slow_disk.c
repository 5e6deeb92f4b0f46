/* A disk whose syncs take DELAY_MICROSECONDS longer, for a process that loads this before its
   libraries. */

#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct timespec DELAY = {.tv_sec = 0, .tv_nsec = DELAY_MICROSECONDS * 1000L};

/* The kernel's own calls are made directly: what these names meant before is not asked. */

int fsync(int file)
{
    nanosleep(&DELAY, NULL);
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    nanosleep(&DELAY, NULL);
    return (int)syscall(SYS_fdatasync, file);
}
