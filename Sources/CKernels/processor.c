// What must be settled before the constructors of shared libraries run.
#if defined(__x86_64__) && defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

/// The libraries below need it; without it they end in SIGILL before main begins.
static void require_processor(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("ssse3")) return;
  static const char text[] =
    "error: this processor lacks SSSE3, which advas needs\n"
    "  any of Intel's since 2006 or of AMD's since 2011 has it\n";
  // Nobody is left to hear of a message that cannot be written.
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(1);
  _exit(1);
}

static cpu_set_t allowed;
static int is_narrowed;

/// Shows libraries one processor, for which OpenBLAS starts no threads.
///
/// We never use those threads, yet each takes 128 MiB of address space when it starts, and spins for ever where the
/// system refuses that.
static void narrow_processors(void) {
  if (sched_getaffinity(0, sizeof allowed, &allowed)) return;
  for (int processor = 0; processor < CPU_SETSIZE; processor++) {
    if (!CPU_ISSET(processor, &allowed)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    is_narrowed = !sched_setaffinity(0, sizeof one, &one);
    return;
  }
}

static void prepare(void) {
  require_processor();
  narrow_processors();
}

/// Called before the constructors of shared libraries.
__attribute__((section(".preinit_array"), used)) static void (*const preparation)(void) = prepare;

/// Keeps glibc's allocator to one arena under a limit on address space.
///
/// Elsewhere every thread has its own, of 64 MiB; where the system refuses that, the allocator asks for one again at
/// every call, and what takes a second takes minutes.
static void share_arena(void) {
#if defined(__GLIBC__)
  struct rlimit limit;
  if (!getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY) mallopt(M_ARENA_MAX, 1);
#endif
}

/// Called behind them, since an executable depends on its libraries.
__attribute__((constructor)) static void settle(void) {
  if (is_narrowed) sched_setaffinity(0, sizeof allowed, &allowed);
  share_arena();
}
#endif
