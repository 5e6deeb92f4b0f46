/* A disk that fails, and a clock that is wrong, for a process that loads this before its
   libraries. A file, mapped into memory, says what fails now: another process writes it. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct control {
    int32_t write_error; /* errno of a write; 0: none */
    int32_t sync_error;
    int32_t open_error; /* errno of an open for writing */
    int32_t read_error;
    int32_t delay_milliseconds; /* of a sync */
    int32_t unused;
    int64_t clock_seconds; /* how far the clock is ahead */
};

static const volatile struct control *control;
static const char *name = "profiles.db";

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAILING_DISK");
    int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) : -1;
    if (file < 0)
        return;
    void *mapped = mmap(NULL, sizeof *control, PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED)
        control = mapped;
    close(file);
}

static int is_database(int file)
{
    char link[64] = "/proc/self/fd/", path[4096], digits[16];
    int at = 0;
    do digits[at++] = (char)('0' + file % 10); while ((file /= 10) > 0);
    size_t end = strlen(link);
    while (at > 0) link[end++] = digits[--at];
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return strstr(path, name) != NULL && strstr(path, "-shm") == NULL;
}

static int fails(int error, int file)
{
    if (!error || !is_database(file))
        return 0;
    errno = error;
    return 1;
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at)
{
    if (control && fails(control->write_error, file))
        return -1;
    return syscall(SYS_pwrite64, file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at)
{
    return pwrite(file, data, size, at);
}

ssize_t pread(int file, void *data, size_t size, off_t at)
{
    if (control && fails(control->read_error, file))
        return -1;
    return syscall(SYS_pread64, file, data, size, at);
}

ssize_t pread64(int file, void *data, size_t size, off64_t at)
{
    return pread(file, data, size, at);
}

ssize_t write(int file, const void *data, size_t size)
{
    if (control && fails(control->write_error, file))
        return -1;
    return syscall(SYS_write, file, data, size);
}

static int sync_file(long call, int file)
{
    if (control && control->delay_milliseconds) {
        long delay = control->delay_milliseconds;
        struct timespec time = {.tv_sec = delay / 1000, .tv_nsec = delay % 1000 * 1000000L};
        nanosleep(&time, NULL);
    }
    if (control && fails(control->sync_error, file))
        return -1;
    return (int)syscall(call, file);
}

int fsync(int file) { return sync_file(SYS_fsync, file); }

int fdatasync(int file) { return sync_file(SYS_fdatasync, file); }

static int open_file(const char *path, int flags, mode_t mode)
{
    if (control && control->open_error && (flags & (O_WRONLY | O_RDWR | O_CREAT)) &&
        strstr(path, name)) {
        errno = control->open_error;
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return open_file(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return open_file(path, flags | O_LARGEFILE, mode);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (control && clock == CLOCK_REALTIME && result == 0)
        time->tv_sec += control->clock_seconds;
    return result;
}
