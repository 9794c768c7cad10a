/*
 * The recorder's clock: loaded into Asterisk before its own libraries (LD_PRELOAD), for the audio of calls only.
 *
 * MixMonitor buffers a second of stereo, which a crash loses; it writes nothing while nobody sends, and it splices out
 * what a full disk refuses, or goes on in the middle of a sample. Here audio reaches the kernel at least every 128 ms in
 * whole samples of both sides, and <call>.clock, beside <call>.raw, tells what time each byte stands for. It is read by
 * backend/src/recordings/spool/recorder-clock.ts:
 *
 *     open  <wall clock, ms> <monotonic clock, ms> <bytes>          a recorder begins; bytes = what is there already
 *     at    <wall clock, ms> <monotonic clock, ms> <bytes>          the byte at this position was heard at that moment
 *     lost  <wall clock, ms> <monotonic clock, ms> <bytes> <errno>  from then on nothing could be written
 *     close <wall clock, ms> <monotonic clock, ms> <bytes>          the recorder has ended; the file is whole
 *
 * With RECORDER_FLOOR=<bytes> in the environment a disk with less than that free counts as full: the rest is the database's.
 *
 * `at` is written when audio and clock have moved 20 ms against each other, and once a second. Marks reach the file after
 * the audio they are about. A clock that cannot be written is tried again and never keeps audio from being written.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#ifndef SPOOL
#define SPOOL "/denwaban/spool/"
#endif
#define AUDIO ".raw"
#define CLOCK ".clock"

/* FR_WRITE_BUFFER of Asterisk's main/file.c: with a buffer of this size it opens what it is going to write. */
#define ASTERISK_BUFFER 32768
/* Audio is written once this much is held: six frames of 20 ms. */
#define FLUSH_AT 3840
#define LARGEST_PART 2048
#define NOTES 4096
/* 8 kHz, two sides, 16 bit. */
#define BYTES_PER_MS 32
#define BYTES_PER_SAMPLE 4
#define DEVIATION_MS 20
#define MARK_EVERY_MS 1000
/* LimitNOFILE; a file with a higher number is left to stdio. */
#define MOST_FILES 65536

struct recorder {
	FILE *stream;
	int audio, clock;
	char clock_path[PATH_MAX];
	int64_t on_disk;
	/* Audio that is not on disk yet, when it began, and marks that are not. */
	size_t held, noted, owed;
	int64_t held_from;
	int64_t marked_at, marked_deviation;
	int lost;
	char audio_held[FLUSH_AT + LARGEST_PART];
	char notes[NOTES];
};

/*
 * By file descriptor: found without a lock. Asterisk locks each recorder's file against its own threads, and a number is
 * not given anew before fclose has returned.
 */
static _Atomic(struct recorder *) recorders[MOST_FILES];
static atomic_int highest;

#define REAL(name) \
	static __typeof__(name) *real; \
	if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int64_t now_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct recorder *recorder_of(FILE *stream)
{
	int kept = errno, file = fileno_unlocked(stream);
	struct recorder *found = NULL;

	errno = kept;
	if (file >= 0 && file < MOST_FILES) found = atomic_load_explicit(&recorders[file], memory_order_acquire);
	return found && found->stream == stream ? found : NULL;
}

/* What does not fit is left out: the marks that are there already begin the gap, the next one that fits ends it. */
static void note(struct recorder *r, const char *kind, int64_t moment, int64_t bytes, const char *why)
{
	int64_t wall = now_ms(CLOCK_REALTIME) - (now_ms(CLOCK_MONOTONIC) - moment);
	size_t room = sizeof(r->notes) - r->noted;
	int length = snprintf(r->notes + r->noted, room, "%s %lld %lld %lld%s%s\n", kind, (long long)wall,
		(long long)moment, (long long)bytes, *why ? " " : "", why);

	if (length > 0 && (size_t)length < room) r->noted += length;
}

static void write_notes(struct recorder *r)
{
	ssize_t written;

	if (r->clock < 0) r->clock = open(r->clock_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0660);
	if (r->clock < 0 || r->noted == 0) return;
	written = write(r->clock, r->notes, r->noted);
	if (written <= 0) return;
	memmove(r->notes, r->notes + written, r->noted - written);
	r->noted -= written;
}

static int below_floor(int file)
{
	static int64_t floor_bytes = -1;
	struct statvfs disk;

	if (floor_bytes < 0) floor_bytes = getenv("RECORDER_FLOOR") ? atoll(getenv("RECORDER_FLOOR")) : 0;
	return floor_bytes > 0 && fstatvfs(file, &disk) == 0 && (int64_t)(disk.f_bavail * disk.f_frsize) < floor_bytes;
}

/* Returns 0 when from now on audio is lost. What was held is gone then, and the next try has its own. */
static int flush_audio(struct recorder *r)
{
	size_t done = 0;
	int failure = below_floor(r->audio) ? ENOSPC : 0, lost_before = r->lost;

	while (done < r->held && !failure) {
		ssize_t written = pwrite(r->audio, r->audio_held + done, r->held - done, r->on_disk + done);

		if (written > 0) done += written;
		else if (written == 0 || errno != EINTR) failure = written == 0 ? EIO : errno;
	}
	r->held = 0;
	r->lost = failure;
	if (!failure) {
		r->on_disk += done;
		write_notes(r);
		return 1;
	}
	if (done > 0 && ftruncate(r->audio, r->on_disk) != 0) r->on_disk += done - done % BYTES_PER_SAMPLE;
	r->noted = r->owed;
	r->marked_at = 0;
	if (!lost_before) note(r, "lost", r->held_from, r->on_disk, strerrorname_np(failure));
	write_notes(r);
	return lost_before != 0;
}

static int hold(struct recorder *r, const char *audio, size_t length)
{
	int64_t moment = now_ms(CLOCK_MONOTONIC) - (int64_t)length / BYTES_PER_MS;
	int64_t position = r->on_disk + r->held;
	int64_t deviation = moment - position / BYTES_PER_MS;

	if (r->held == 0) {
		r->held_from = moment;
		r->owed = r->noted;
	}
	if (moment - r->marked_at >= MARK_EVERY_MS || llabs(deviation - r->marked_deviation) >= DEVIATION_MS) {
		note(r, "at", moment, position, "");
		r->marked_at = moment;
		r->marked_deviation = deviation;
	}
	memcpy(r->audio_held + r->held, audio, length);
	r->held += length;
	return r->lost || r->held >= FLUSH_AT ? flush_audio(r) : 1;
}

static int is_audio_of_a_call(int file, char *path)
{
	char link[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	length = readlink(link, path, PATH_MAX - sizeof(CLOCK));
	if (length <= (ssize_t)(strlen(SPOOL) + strlen(AUDIO))) return 0;
	path[length] = '\0';
	return strncmp(path, SPOOL, strlen(SPOOL)) == 0 && strcmp(path + length - strlen(AUDIO), AUDIO) == 0;
}

static void begin(FILE *stream)
{
	int file = fileno_unlocked(stream), seen = atomic_load(&highest);
	char path[PATH_MAX];
	struct stat status;
	struct recorder *r;

	if (file < 0 || file >= MOST_FILES || !is_audio_of_a_call(file, path)) return;
	if (fstat(file, &status) != 0 || !(r = calloc(1, sizeof(*r)))) return;
	r->stream = stream;
	r->audio = file;
	r->clock = -1;
	strcpy(strcpy(r->clock_path, path) + strlen(path) - strlen(AUDIO), CLOCK);
	r->on_disk = status.st_size - status.st_size % BYTES_PER_SAMPLE;
	note(r, "open", now_ms(CLOCK_MONOTONIC), r->on_disk, "");
	write_notes(r);
	while (seen < file && !atomic_compare_exchange_weak(&highest, &seen, file)) continue;
	atomic_store_explicit(&recorders[file], r, memory_order_release);
}

static void end(struct recorder *r)
{
	atomic_store_explicit(&recorders[r->audio], NULL, memory_order_release);
	if (r->held > 0) flush_audio(r);
	note(r, "close", now_ms(CLOCK_MONOTONIC), r->on_disk, "");
	write_notes(r);
	if (r->clock >= 0) close(r->clock);
	free(r);
}

int setvbuf(FILE *stream, char *buffer, int mode, size_t size)
{
	REAL(setvbuf);
	if (mode == _IOFBF && size == ASTERISK_BUFFER) {
		int kept = errno;

		begin(stream);
		errno = kept;
	}
	return real(stream, buffer, mode, size);
}

/* Asterisk logs a failed write: it learns of the first of a row, not of fifty a second. */
size_t fwrite(const void *data, size_t size, size_t count, FILE *stream)
{
	struct recorder *r = recorder_of(stream);
	size_t left = size * count;
	int written = 1;

	REAL(fwrite);
	if (!r) return real(data, size, count, stream);
	for (const char *next = data; left > 0;) {
		size_t part = left > LARGEST_PART ? LARGEST_PART : left;

		written = hold(r, next, part) && written;
		next += part;
		left -= part;
	}
	if (written) return count;
	errno = r->lost;
	return 0;
}

int fclose(FILE *stream)
{
	struct recorder *r = recorder_of(stream);

	REAL(fclose);
	if (r) end(r);
	return real(stream);
}

__attribute__((destructor)) static void flush_all(void)
{
	for (int file = 0; file <= atomic_load(&highest); file++) {
		struct recorder *r = atomic_load(&recorders[file]);

		if (r && r->held > 0) flush_audio(r);
	}
}
